"""The public page: published results alone, with the response rate and who is not heard, small groups hidden."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from luotsi.web.feedback import actions, published
from luotsi.web.feedback.tests.made_up import OTHER, answer, release
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import HEALTH_CENTRE, user_with
from luotsi.web.results.models import Release

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def said(tmp_path: Path) -> Release:
    return release(tmp_path, user_with(Role.ADMINISTRATOR))


def test_each_statement_has_its_number_its_answers_and_the_period_before(said: Release) -> None:
    found = published.of(said, {}, "2024")
    assert [round(each.point.value or 0, 2) for each in found.lines[1:] if each.point] == [0.8] * 7
    assert [each.point.n for each in found.lines if each.point] == [100] * 8
    assert [round(each.point.value or 0, 2) for each in found.earlier[1:] if each.point] == [0.7] * 7


def test_who_was_asked_is_set_beside_who_answered_and_a_hidden_group_stays_hidden(said: Release) -> None:
    rows = published.of(said, {"unit": HEALTH_CENTRE}, "2024").heard["age_group"]
    told = {each.label: (each.asked, each.answered, each.gap) for each in rows}
    assert told["18–29-vuotiaat"] == (0.5, 0.2, -0.3)
    assert told["75–84-vuotiaat"][:2] == (0.5, 0.8)
    assert told["85 vuotta täyttäneet"] == (None, None, None)


def test_anyone_reads_the_page_of_the_county_and_of_a_unit(client: Client, said: Release) -> None:
    whole = client.get("/feedback/results/").content.decode()
    assert "30.0% answered (120 of 400)" in whole
    assert "Keskustan terveysasema" in whole
    unit = client.get(f"/feedback/results/{HEALTH_CENTRE}/").content.decode()
    assert "50.0% answered" in unit
    assert client.get("/feedback/results/no-such/").status_code == 404
    assert "Avosairaanhoito" in client.get("/feedback/results/service/281/").content.decode()
    assert client.get("/feedback/results/service/no-such/").status_code == 404


def test_a_unit_with_few_answers_shows_no_number(client: Client, said: Release) -> None:
    assert "few answers" in client.get(f"/feedback/results/{OTHER}/").content.decode()


def test_nothing_that_someone_wrote_is_on_the_public_page(client: Client, said: Release) -> None:
    answer("Aivan erityinen lause")
    assert "erityinen" not in client.get(f"/feedback/results/{HEALTH_CENTRE}/").content.decode()


def test_what_was_done_stands_beside_the_results_in_the_readers_language(client: Client, said: Release) -> None:
    leader = user_with(Role.OPERATIONAL_LEADER, HEALTH_CENTRE)
    actions.tell(by=leader, unit=HEALTH_CENTRE, text="Toimme penkkejä", text_en="We brought benches")
    address = f"/feedback/results/{HEALTH_CENTRE}/"
    assert "We brought benches" in client.get(address).content.decode()
    assert "Toimme penkkejä" in client.get(address, headers={"accept-language": "sv"}).content.decode()


def test_before_the_first_release_the_page_says_so(client: Client) -> None:
    assert "No results yet" in client.get("/feedback/results/?period=2024").content.decode()


@pytest.mark.parametrize(("period", "before"), [("2024", "2023"), ("2024-Q1", "2023-Q4"), ("2024-Q3", "2024-Q2")])
def test_the_period_before_is_the_year_or_the_quarter_before(period: str, before: str) -> None:
    assert published.previous(period) == before
