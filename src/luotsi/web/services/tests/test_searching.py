"""Searching as people speak: inflection, compounds, everyday words, misspellings, languages, filters, reasons."""

import datetime
from collections.abc import Sequence

import pytest
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from luotsi.web.services import postings, queries, searching
from luotsi.web.services.language import finnish, terms
from luotsi.web.services.models import Service
from luotsi.web.services.queries import Filters
from luotsi.web.services.searching import distance
from luotsi.web.services.tests.made_up import JYVASKYLA, small

pytestmark = pytest.mark.django_db


def found(text: str, chosen: Filters | None = None) -> list[str]:
    return [hit.service.entry for hit in queries.search(text, chosen)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("yksinäisyys", "kahvila"),
        ("olen niin yksinäinen", "kahvila"),
        ("kaverit", "kahvila"),
        ("velka", "velka"),
        ("velkoihin", "velka"),
        ("neuvontaa laskuista", "velka"),
        ("kirjat", "kirjasto"),
        ("ensam", "kahvila"),
        ("debt", "velka"),
        ("Ystävät", "kahvila"),
    ],
)
def test_a_service_is_found_by_words_as_people_say_them(text: str, first: str) -> None:
    small()
    assert found(text)[0] == first


@pytest.mark.parametrize(
    ("text", "first"), [("yksinäisys", "kahvila"), ("kirjsto", "kirjasto"), ("velkaneuvnta", "velka")]
)
def test_a_misspelt_word_is_read_as_the_one_meant(text: str, first: str) -> None:
    small()
    assert found(text)[:1] == [first]


def test_words_that_no_service_has_find_nothing() -> None:
    small()
    assert found("xyzzyq") == []
    assert found("") == []
    assert found("ja tai on") == []


def test_an_area_lets_through_what_serves_it_and_the_whole_country() -> None:
    small()
    assert set(found("apua kirjoja ystäviä laskut", Filters(area=JYVASKYLA))) == {"kahvila", "kirjasto"}


def test_language_and_fee_narrow_and_what_is_not_told_does_not_shut_out() -> None:
    small()
    everything = "apua kirjoja ystäviä laskut"
    assert set(found(everything, Filters(language="sv"))) == {"kahvila", "kirjasto"}
    assert found(everything, Filters(fee="charged")) == ["velka"]


def test_distance_is_measured_from_a_point() -> None:
    small()
    assert found("ystävä", Filters(near=(434000, 6901000), within=5000)) == ["kahvila"]
    assert found("ystävä", Filters(near=(334000, 6901000), within=5000)) == []


def test_a_life_event_and_a_target_group_narrow_with_those_below_them() -> None:
    small()
    Service.objects.filter(entry="kahvila").update(life_events=["KE4.1"], target_groups=["KR1", "KR1.1"])
    Service.objects.filter(entry="velka").update(life_events=["KE9"], target_groups=["KR1", "KR1.3"])
    everything = "apua kirjoja ystäviä laskut"
    assert found(everything, Filters(life_event="KE4")) == ["kahvila"]
    assert found(everything, Filters(life_event="KE4.2")) == []
    assert set(found(everything, Filters(target_group="KR1.1"))) == {"kahvila", "kirjasto"}
    assert set(found(everything, Filters(target_group="KR1"))) == {"kahvila", "velka", "kirjasto"}


@pytest.mark.parametrize(
    ("at", "opened"),
    [
        (datetime.datetime(2026, 11, 23, 10, 0), True),  # a Monday
        (datetime.datetime(2026, 11, 23, 16, 0), False),
        (datetime.datetime(2026, 11, 22, 10, 0), False),  # a Sunday
        (datetime.datetime(2026, 12, 25, 10, 0), False),  # Christmas Day, a Friday
    ],
)
def test_open_now_knows_weekdays_times_and_public_holidays(at: datetime.datetime, opened: bool) -> None:
    small()
    chosen = Filters(open_at=timezone.make_aware(at))
    assert ("kahvila" in found("ystävä", chosen)) is opened


def test_a_hit_says_why_in_the_readers_language() -> None:
    small()
    with translation.override("en"):
        (hit, *_rest) = queries.search("yksinäinen", Filters(area=JYVASKYLA), language="en")
    assert "name has “yksinäisille”" in hit.reasons
    assert hit.reasons[-1] == "serves Jyväskylä"
    assert 0 < hit.score <= 1


def test_compounds_are_split_and_words_traced_to_their_roots() -> None:
    if not finnish().knows_compounds:
        pytest.skip("Voikko is not on this machine")
    weights = dict(terms("mielenterveyspalveluihin", "fi"))
    assert weights["mielenterveyspalvelu"] == 1.0
    assert {"mielenterveys", "terveys", "palvelu"} <= set(weights)
    assert "yksinäinen" in dict(terms("yksinäisyyteen", "fi"))


@pytest.mark.parametrize(
    ("one", "other", "far"), [("talo", "talo", 0), ("talo", "tlao", 1), ("kissa", "kisa", 1), ("", "ab", 2)]
)
def test_the_distance_of_words_counts_swaps_as_one(one: str, other: str, far: int) -> None:
    assert distance(one, other) == far


def scored(ranked: Sequence[int]) -> postings.Scored:
    """Services that one term finds, in this order."""
    weights = {pk: {"t": 1 - place / len(ranked)} for place, pk in enumerate(ranked)}
    rows = [("t", pk // postings.BLOCK, postings.pack([(pk, told)])["t"]) for pk, told in weights.items()]
    return postings.Scored(rows, {"t": 1.0})


def test_where_filters_let_hardly_any_of_the_best_through_all_that_they_let_through_are_asked_for(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    small()
    here = list(queries.services().order_by("pk").values_list("pk", flat=True))
    gone = [here[-1] + 1 + number for number in range(300)]
    wanted = [here[2], here[0]]
    with django_assert_num_queries(2):
        assert searching._let_through(scored([*gone, *wanted]), queries.services(), 2) == wanted
    with django_assert_num_queries(2):
        assert searching._let_through(scored([here[2], *gone, here[0]]), queries.services(), 2) == wanted
    with django_assert_num_queries(1):
        assert searching._let_through(scored([*wanted, here[1], *gone]), queries.services(), 2) == wanted
    with django_assert_num_queries(0):
        assert searching._let_through(scored(gone), None, 200) == gone[:200]
