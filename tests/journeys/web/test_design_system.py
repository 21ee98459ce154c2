"""The living page in a browser: accessible in both colours and three languages, at every width, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]
Check = Callable[..., None]

HEADINGS = {"fi": "Muotoilujärjestelmä", "sv": "Designsystem", "en": "Design system"}


@pytest.mark.parametrize(("language", "scheme"), [("fi", "light"), ("sv", "dark"), ("en", "light")])
def test_every_component_is_accessible_in_each_language(
    visit: Visit, axe: Check, picture: Callable[[Page, str], None], language: str, scheme: str
) -> None:
    page = visit("/ui/", language=language, scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADINGS[language])
    axe(page, again=language == "en")
    picture(page, f"ui-{language}-{scheme}")


def test_no_width_makes_the_page_roll_sideways(visit: Visit, fits: Check) -> None:
    page = visit("/ui/", width=320)
    fits(page)
    for width in (390, 3840):
        page.set_viewport_size({"width": width, "height": 900})
        fits(page)


def test_the_folded_page_of_a_phone_is_accessible(visit: Visit, axe: Check) -> None:
    axe(visit("/ui/", width=320))


def test_the_menu_folds_and_opens_without_javascript(visit: Visit) -> None:
    page = visit("/ui/", width=320, javascript=False)
    language = page.get_by_role("button", name="Svenska")
    expect(language).not_to_be_visible()
    page.locator("summary", has_text="Valikko").click()
    expect(language).to_be_visible()


def test_the_language_changes_and_the_page_and_its_query_stay(visit: Visit) -> None:
    page = visit("/ui/?from=2020#chart", javascript=False)
    page.get_by_role("button", name="Svenska").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Designsystem")
    assert page.url.endswith("/ui/?from=2020")


def test_the_colours_change_and_stay_without_javascript(visit: Visit) -> None:
    page = visit("/ui/", javascript=False)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Tummat värit").click()
    assert page.evaluate(ground) != light
    page.reload()
    page.get_by_role("button", name="Vaaleat värit").click()
    assert page.evaluate(ground) == light


def test_the_device_decides_the_colours_until_one_chooses(visit: Visit) -> None:
    dark = visit("/ui/", scheme="dark")
    light = visit("/ui/", scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert dark.evaluate(ground) != light.evaluate(ground)


def test_the_keyboard_alone_skips_to_the_content_and_opens_and_closes_a_dialog(
    visit: Visit, tab_to: Callable[[Page, str], None]
) -> None:
    page = visit("/ui/")
    tab_to(page, "Siirry sisältöön")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    tab_to(page, "Mikä on merkki muutoksesta?")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()


def test_every_target_is_large_enough_to_hit(visit: Visit) -> None:
    page = visit("/ui/", width=390)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, summary, select, input:not([type=hidden]), nav a, .button')]
            .filter(each => each.checkVisibility())
            .map(each => [each.closest('label') ?? each, each.innerText])
            .filter(([each]) => each.getBoundingClientRect().height < 24)
            .map(([, words]) => words)"""
    )
    assert not small


def test_a_missing_page_is_accessible_too(visit: Visit, axe: Check) -> None:
    page = visit("/no/such/page/", width=390, scheme="dark")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tällaista sivua ei ole")
    axe(page)


def test_paper_has_no_controls_and_light_colours(visit: Visit) -> None:
    page = visit("/ui/", scheme="dark")
    page.emulate_media(media="print")
    expect(page.locator(".choices").first).not_to_be_visible()
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
