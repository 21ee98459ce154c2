"""Series, periods and comparisons as the desk judges them: pure, but for the shape of what results give."""

import dataclasses
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luotsi.concepts.shipped import open_county
from luotsi.web.desk import boards, comparing, periods, pictures, readings, words
from luotsi.web.desk.filters import Filters
from luotsi.web.desk.judging import judge
from luotsi.web.desk.signals.charts import Word
from luotsi.web.results import queries as results
from luotsi.web.results.models import Release
from luotsi.web.results.queries import Point

MONTHS = st.builds(lambda year, month: f"{year}-{month:02}", st.integers(1990, 2050), st.integers(1, 12))


@given(MONTHS, st.integers(-200, 200))
def test_going_on_and_back_ends_where_it_began(month: str, by: int) -> None:
    for grain in periods.GRAINS:
        period = periods.of(periods.start(month), grain)
        assert periods.step(periods.step(period, by), -by) == period


@given(MONTHS)
def test_a_month_lies_within_its_quarter_and_year(month: str) -> None:
    for grain in periods.GRAINS:
        period = periods.of(periods.start(month), grain)
        assert periods.first_month(period) <= month <= periods.last_month(period)
        assert periods.last(periods.last_month(period), grain) == period


def test_the_last_whole_period_leaves_out_one_that_goes_on() -> None:
    assert periods.last("2024-11", "quarter") == "2024-Q3"
    assert periods.last("2024-11", "year") == "2023"
    assert periods.last("2024-12", "year") == "2024"


@pytest.mark.parametrize("text", ["2024-13", "2024-Q5", "24", "2024-1", "", "2024-01-01", "x", "20240"])
def test_what_is_no_period_is_not_taken_for_one(text: str) -> None:
    assert not periods.is_period(text)


def point(period: str, value: float | None, *, hidden: bool = False) -> Point:
    filled = value is not None
    return Point(period, "", value, 1.0 if filled else None, value, None, None, 9 if filled else None, hidden)


def test_a_period_that_nobody_counted_is_missing_and_one_of_few_people_hidden(release: Release) -> None:
    measure = results.definitions(release)["cost"]
    known = [point(f"2024-{month:02}", 5.0) for month in range(1, 12)]
    gone, hidden = (
        judge(measure, known, "2024-12"),
        judge(measure, [*known, point("2024-12", None, hidden=True)], "2024-12"),
    )
    assert gone.verdict.word is hidden.verdict.word is Word.MISSING
    assert gone.reached is None
    assert (gone.suppressed, hidden.suppressed) == (False, True)
    assert words.verdict(gone.verdict)[0] == words.verdict(hidden.verdict)[0] == "missing"


def test_a_target_holds_on_the_last_day_of_the_period_and_a_boards_own_instead_of_it(release: Release) -> None:
    measure = results.definitions(release)["seen"]
    points = results.series(release, "seen", grain="month")
    assert judge(measure, points, "2023-12").target is None
    assert judge(measure, points, "2024-12").target == 0.8
    assert judge(measure, points, "2024-12", own_target=0.5).reached is True


def test_a_short_series_is_judged_by_its_change_from_a_year_earlier(release: Release) -> None:
    measure = results.definitions(release)["seen"]
    found = judge(measure, results.series(release, "seen", grain="year"), "2023")
    assert found.verdict.word is Word.BETTER
    assert found.change is not None
    assert found.change.difference == pytest.approx(0.15)


def test_a_year_that_sums_its_months_is_as_uncertain_as_their_sum(release: Release) -> None:
    [pair] = [
        each for each in comparing.compare(release, "2021", "2024", codes={})[0] if each.measure.measure == "cost"
    ]
    assert pair.change is not None
    assert pair.change.low is not None
    months = [point.value or 0 for point in results.series(release, "cost", grain="month") if point.period < "2022"]
    steps = [abs(one - other) for one, other in pairwise(months)]
    reach = 1.959964 * 12 * (sum(steps) / 11 / 1.128) * (2 / 12) ** 0.5
    assert pair.change.low == pytest.approx(-reach)


def test_measures_not_told_by_a_filter_are_named_and_not_shown_as_the_total(release: Release) -> None:
    told, untold = comparing.compare(release, "2021", "2024", codes={"unit": "1"})
    assert [each.measure.measure for each in told] == ["seen"]
    assert [each.measure for each in untold] == ["cost"]


def test_filters_say_in_the_address_what_they_are() -> None:
    filters = Filters(unit="1.2.3", since="2021-01", grain="year")
    assert filters.query() == "?from=2021-01&grain=year&unit=1.2.3"
    assert filters.query(grain="", unit="") == "?from=2021-01"
    assert Filters().query() == ""
    assert dataclasses.replace(filters, ignored=("said",)) == filters


def test_only_dimensions_that_are_published_together_are_asked_for(release: Release) -> None:
    measure = results.definitions(release)["seen"]
    assert readings.published(measure, frozenset({"unit", "sex"}))
    assert not readings.published(measure, frozenset({"unit", "municipality"}))
    assert readings.published(measure, frozenset())


def test_every_family_of_measures_and_level_of_boards_has_a_word_of_its_own() -> None:
    county = open_county()
    assert [each.family for each in county.measures.values() if words.family(each.family) == each.family] == []
    assert [each.level for each in county.boards.values() if words.level(each.level) == each.level] == []


def _of(group: str, value: float | None, *, hidden: bool = False) -> Point:
    return Point("2024", group, None, None, value, None, None, None, hidden)


def test_ages_are_read_from_the_youngest_and_what_is_no_age_comes_last() -> None:
    ages = ("85+", "7-17", "unknown", "0-6", "18-29")
    found = pictures.ordered([_of(f"age_group={age};sex=2", 1.0) for age in ages], "age_group")
    assert [readings.parts(each.group)["age_group"] for each in found] == ["0-6", "7-17", "18-29", "85+", "unknown"]


def test_a_tile_has_no_table_where_no_group_has_a_number() -> None:
    nothing = {f"unit={code}": [_of(f"unit={code}", None)] for code in "123"}
    assert boards.table(Release(), "unit", nothing, "2024") == ()


def test_a_picture_is_drawn_in_both_sizes_or_not_at_all() -> None:
    assert pictures.both(lambda size: None) is None
    drawn = pictures.both(lambda size: {"size": size})
    assert drawn == pictures.Both({"size": "wide"}, {"size": "narrow"})
