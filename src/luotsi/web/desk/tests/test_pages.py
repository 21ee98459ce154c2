"""The pages of the desk: what they show, who may see them, and that nothing in an address breaks them."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from luotsi.web.desk.tests.four_years import rows, write
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import sign_in, user_with
from luotsi.web.results import actions
from luotsi.web.results import queries as results
from luotsi.web.results.models import Release

PAGES = [
    "/",
    "/boards/county_at_a_glance/",
    "/boards/county_at_a_glance/meeting/",
    "/boards/health_station/",
    "/measures/",
    "/measures/seen/",
    "/compare/",
    "/notes/",
    "/notes/new/?measure=seen",
]


def text(response: Any) -> str:
    """A page's words without its tags."""
    plain = html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return re.sub(r"\s+", " ", plain.replace("\u00a0", " "))


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_page_opens_in_each_language(release: Release, reader: Client, language: str) -> None:
    for page in PAGES:
        response = reader.get(page, headers={"accept-language": language})
        assert response.status_code == 200, page
        assert f'<html lang="{language}"' in response.content.decode()


def test_a_stranger_is_asked_to_sign_in_and_comes_back(db: None, client: Client) -> None:
    for page in PAGES:
        response = client.get(page)
        assert response.status_code == 302, page
        assert "sign-in" in response["Location"]
        assert "next=" in response["Location"]


def test_a_resident_is_refused_and_led_from_the_front_page_to_their_own(db: None, client: Client) -> None:
    sign_in(client, user_with(Role.RESIDENT), 1)
    desk = [page for page in PAGES if page != "/"]
    assert {page: client.get(page).status_code for page in desk} == dict.fromkeys(desk, 403)
    assert client.get("/", follow=True).redirect_chain == [("/matters/", 302)]


def test_a_desk_without_a_release_says_that_nothing_is_published(reader: Client) -> None:
    for page in PAGES:
        response = reader.get(page)
        assert response.status_code == 200
        assert "Nothing published yet" in text(response), page


WRONG = [
    "unit=9999",
    "area=000&service=%00&segment=%F0%9F%98%80",
    "from=yesterday&to=2024-13",
    "from=2024-12&to=2021-01",
    "grain=century",
    "release=gone",
    "release=%00",
    "period=1800-01",
    "period=x&by=shoe_size",
    "before=2019&after=never&family=none&order=sideways",
    "q=" + "a" * 5000,
    "to=1999-01",
    "unit=" + "9" * 3000,
]


@pytest.mark.parametrize("page", [page.partition("?")[0] for page in PAGES[:-1]])
def test_a_wrong_filter_never_breaks_a_page(release: Release, reader: Client, page: str) -> None:
    assert [reader.get(f"{page}?{query}").status_code for query in WRONG] == [200] * len(WRONG)


def test_a_filter_that_is_left_out_is_said(release: Release, reader: Client) -> None:
    said = text(reader.get("/measures/seen/?unit=9999&from=yesterday&grain=century&release=gone"))
    assert "The unit 9999 is not in this release" in said
    assert "“yesterday” is not a period" in said
    assert "“century” is none of month, quarter and year" in said
    assert "The release gone is no longer here" in said


def test_a_stale_link_leads_to_a_page_that_says_so(release: Release, reader: Client) -> None:
    for page in ("/boards/gone/", "/boards/gone/meeting/", "/measures/gone/", "/notes/new/?measure=gone"):
        response = reader.get(page)
        assert response.status_code == 404, page
        assert "There is no such" in text(response)


def test_a_tile_whose_measure_the_release_lacks_says_so_and_is_never_good(release: Release, reader: Client) -> None:
    page = reader.get("/boards/county_at_a_glance/").content.decode()
    assert page.count("This release has no such measure.") == 12
    assert "status-good" not in page
    assert "No total score" in page


def test_the_start_page_tells_a_new_level_as_a_change_for_the_better(release: Release, reader: Client) -> None:
    said = text(reader.get("/"))
    assert "Change for the better" not in said
    assert "2 headline measures vary as usual" in said


def test_a_signal_at_the_last_value_is_told_with_its_reason(db: None, tmp_path: Path, reader: Client) -> None:
    cache.clear()
    worse = [
        {**row, "numerator": 300.0, "value": 0.3}
        if (row["name"], row["period"], row["group"]) == ("seen", "2024-12", "")
        else row
        for row in rows()
    ]
    taken = actions.take_in(by=None, folder=write(tmp_path, results=worse))
    actions.point_to(by=None, release=taken.name)
    said = text(reader.get("/"))
    assert "Change for the worse Seen The latest value is below its limits. 30.0%" in said


def test_a_measure_shows_chart_numbers_definition_and_what_it_rests_on(release: Release, reader: Client) -> None:
    page = reader.get("/measures/seen/")
    said = text(page)
    assert page.content.decode().count('role="img"') >= 3
    for words in (
        "December 2024",
        "Nähdyt",
        "Sedda",
        "Law 1326/2010",
        "Two of four",
        "SELECT 'seen'",
        "records",
        "unconfirmed",
    ):
        assert words in said, words
    assert "rests on" in said


def test_units_apart_from_chance_are_named_and_small_ones_hidden(release: Release, reader: Client) -> None:
    said = text(reader.get("/measures/seen/?grain=year&by=unit"))
    assert said.count("Better than chance") == 1
    assert "1 is hidden because few people are in it." in said


def test_a_group_that_is_not_published_is_said_and_not_replaced_by_the_total(release: Release, reader: Client) -> None:
    said = text(reader.get("/measures/seen/?unit=1&area=179"))
    assert "Not told by these together" in said
    assert "67.4%" not in said


def test_a_number_can_be_seen_as_of_an_earlier_release(release: Release, reader: Client, tmp_path: Path) -> None:
    changed = [{**row, "numerator": 10.0, "value": 0.01} if row["period"] == "2024-12" else row for row in rows()]
    older = actions.take_in(by=None, folder=write(tmp_path, "20241201T080000Z-older", results=changed))
    said = text(reader.get("/measures/seen/"))
    assert "The same number in other releases" in said
    assert "1.0%" in said
    then = reader.get(f"/measures/seen/?release={older.name}")
    assert "An earlier release" in text(then)
    assert f"release={older.name}" in then.content.decode()


def test_comparing_sorts_the_worst_change_first_and_tells_its_margin(release: Release, reader: Client) -> None:
    said = text(reader.get("/compare/?before=2021&after=2024"))
    assert said.index("Cost") < said.rindex("Seen")
    assert "50.0% 65.0% +15.0 pp +30%" in said
    assert "+13.8 pp … +16.2 pp" in said


def test_the_catalogue_finds_a_measure_by_a_word_in_any_language(release: Release, reader: Client) -> None:
    assert "1 measure " in text(reader.get("/measures/?q=sedda"))
    assert "No measure has the words" in text(reader.get("/measures/?q=xyzzy"))


def test_htmx_is_given_the_part_and_a_browser_the_page_at_the_same_address(release: Release, reader: Client) -> None:
    part = reader.get("/compare/", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "<table>" in part.content.decode()
    assert "HX-Request" in reader.get("/compare/")["Vary"]


def test_a_board_of_a_unit_asks_which_and_then_keeps_it_in_every_link(release: Release, reader: Client) -> None:
    assert "Choose a unit" in text(reader.get("/boards/health_station/"))
    page = reader.get("/boards/health_station/?unit=1").content.decode()
    assert "meeting/?unit=1" in page


def test_a_board_is_read_with_few_statements_and_fewer_once_drawn(release: Release, reader: Client) -> None:
    with CaptureQueriesContext(connection) as first:
        reader.get("/boards/access_to_care/")
    with CaptureQueriesContext(connection) as again:
        reader.get("/boards/access_to_care/")
    assert len(first) <= 14
    assert len(again) == 5, [each["sql"] for each in again.captured_queries]


def test_boards_of_the_content_draw_on_any_release(release: Release, leader: User, reader: Client) -> None:
    for name in results.boards():
        assert reader.get(f"/boards/{name}/?unit=1").status_code == 200
