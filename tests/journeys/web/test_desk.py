"""Leaders at the desk in a browser: keyboard only, three languages, every width, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.asserts import assertContains

from luotsi.web.desk import actions as desk
from luotsi.web.desk.tests import four_years
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import sign_in, user_with
from luotsi.web.results import actions

Visit = Callable[..., Page]
EachPage = Callable[..., None]
Check = Callable[[Page], None]

SHOWN = {"access_7d_share": "seen", "cost_per_inhabitant": "cost", "no_show_share": "seen"}
"""Measures of the county's boards that the release has, each as one of the four years' measures."""

MEETING = "/boards/county_at_a_glance/meeting/"

HEADINGS = {"fi": "Mikä on muuttunut", "sv": "Vad har ändrats", "en": "What has changed"}


@pytest.fixture
def leader(transactional_db: None, tmp_path: Path) -> User:
    """A strategic leader, when a release has come."""
    cache.clear()
    known = four_years.definitions()
    definitions = {name: _renamed(known[like], name) for name, like in SHOWN.items()}
    rows = [{**row, "name": name} for name, like in SHOWN.items() for row in four_years.rows() if row["name"] == like]
    folder = four_years.write(tmp_path, results=rows, definitions=definitions)
    for name in SHOWN:
        (folder / "sql" / f"{name}.sql").write_text("SELECT 1\n", "utf-8")
    release = actions.take_in(by=None, folder=folder)
    actions.point_to(by=None, release=release.name)
    return user_with(Role.STRATEGIC_LEADER)


def _renamed(definition: dict[str, Any], name: str) -> dict[str, Any]:
    return {**definition, "record": {**definition["record"], "measure": name, "also": []}}


def test_every_page_of_the_desk_is_accessible_in_each_language(each_page: EachPage, leader: User) -> None:
    desk.pin_note(by=leader, kind="decision", measure="access_7d_share", period="2024-06", text="Uusi ajanvaraus")
    pages = {
        "home": "/",
        "board": "/boards/county_at_a_glance/",
        "unit": "/boards/health_station/",
        "meeting": MEETING,
        "measures": "/measures/",
        "measure": "/measures/access_7d_share/?grain=year&by=unit&area=000",
        "compare": "/compare/",
        "notes": "/notes/",
        "note": "/notes/new/?measure=access_7d_share",
        "gone": "/boards/gone/",
    }
    each_page("desk", [(leader, pages)], widths=(1440, 1440), answer={"gone": 404})


def test_the_first_page_says_what_has_changed_in_each_language(client: Client, leader: User) -> None:
    sign_in(client, leader, minutes=0)
    for language, heading in HEADINGS.items():
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        assertContains(client.get("/"), heading)


def test_no_page_of_the_desk_rolls_sideways(visit: Visit, fits: Check, leader: User) -> None:
    page = visit("/static/ui/tokens.css", user=leader)
    for address in (
        "/",
        "/boards/county_at_a_glance/",
        MEETING,
        "/measures/access_7d_share/?grain=year&by=unit",
        "/compare/",
        "/measures/",
        "/following/",
    ):
        page.set_viewport_size({"width": 320, "height": 900})
        page.goto(address)
        fits(page)
        for width in (390, 3840):
            page.set_viewport_size({"width": width, "height": 900})
            fits(page)


@pytest.mark.parametrize("address", ["/measures/access_7d_share/?grain=year&by=unit", MEETING])
def test_every_chart_on_a_phone_is_seen_whole_with_letters_large_enough(
    visit: Visit, leader: User, address: str
) -> None:
    page = visit(address, width=390, user=leader)
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        shown = page.evaluate(
            """() => [...document.querySelectorAll('svg.marks')].filter(each => each.checkVisibility()).map(each => {
                const box = each.getBoundingClientRect(), letters = [...each.querySelectorAll('text')]
                const sizes = letters.map(one => parseFloat(getComputedStyle(one).fontSize))
                return [box.left, box.right, Math.min(...sizes) * box.width / each.viewBox.baseVal.width]
            })"""
        )
        assert shown
        for left, right, letter in shown:
            assert left >= 0
            assert right <= width
            assert letter >= 10.5


def test_the_data_and_what_one_follows_are_accessible_and_fit(each_page: EachPage, leader: User) -> None:
    analyst = user_with(Role.ANALYST)
    desk.follow(by=analyst, kind="measure", name="access_7d_share")
    pages = {"following": "/following/", "data": "/data/"}
    each_page("desk", [(analyst, pages)])


def test_a_leader_downloads_what_is_seen_by_keyboard(
    visit: Visit, tab_to: Callable[[Page, str], None], leader: User
) -> None:
    page = visit("/measures/access_7d_share/?grain=year", width=390, user=leader)
    for words, ending in (("PDF", ".pdf"), ("Excel", ".xlsx"), ("CSV", ".csv"), ("Kuva", ".png")):
        tab_to(page, words)
        with page.expect_download() as waiting:
            page.keyboard.press("Enter")
        assert waiting.value.suggested_filename.endswith(ending)


def test_a_leader_goes_by_keyboard_from_what_has_changed_to_the_measure_and_narrows_it(
    visit: Visit, tab_to: Callable[[Page, str], None], leader: User
) -> None:
    page = visit("/", user=leader)
    tab_to(page, "Alue yhdellä silmäyksellä")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Alue yhdellä silmäyksellä")
    tab_to(page, "Nähdyt")
    page.keyboard.press("Enter")
    page.wait_for_url("**/measures/access_7d_share/**")
    tab_to(page, "Vuodet")
    page.keyboard.press("Enter")
    page.wait_for_url("**grain=year**")
    expect(page.get_by_role("link", name="Vuodet")).to_be_focused()
    page.get_by_role("link", name="Ykkönen").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**unit=1**")
    expect(page.get_by_text("Ykkönen").first).to_be_visible()


def test_a_leader_pins_a_decision_by_keyboard_and_finds_it_on_the_measure(
    visit: Visit, tab_to: Callable[[Page, str], None], leader: User
) -> None:
    page = visit("/measures/access_7d_share/", user=leader)
    tab_to(page, "Kiinnitä merkintä")
    page.keyboard.press("Enter")
    page.wait_for_url("**/notes/new/**")
    page.get_by_role("radio", name="Huomio").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("textbox", name="Mitä huomattiin tai päätettiin").focus()
    page.keyboard.type("Aamun ajat avataan kaikille")
    tab_to(page, "Kiinnitä")
    page.keyboard.press("Enter")
    page.wait_for_url("**/measures/access_7d_share/**")
    note = page.locator(".note").first
    expect(note).to_contain_text("Aamun ajat avataan kaikille")
    expect(note).to_contain_text("Päätös")


def test_filters_go_to_the_address_with_and_without_javascript(visit: Visit, leader: User) -> None:
    for javascript in (True, False):
        page = visit("/measures/access_7d_share/?grain=year", user=leader, javascript=javascript)
        page.locator("summary", has_text="Rajaa näkymää").click()
        page.get_by_role("combobox", name="Yksikkö").select_option("1")
        page.get_by_role("button", name="Näytä").click()
        page.wait_for_url("**unit=1**")
        expect(page.locator(".board-scope")).to_contain_text("Ykkönen")


def test_the_arrow_keys_turn_the_pages_of_a_meeting(visit: Visit, leader: User) -> None:
    page = visit(MEETING, user=leader)
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "page-2"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.id") == "page-1"


def test_a_meeting_prints_one_tile_a_sheet(visit: Visit, leader: User) -> None:
    page = visit(MEETING, user=leader)
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == page.locator(".deck-page").count() + 1
