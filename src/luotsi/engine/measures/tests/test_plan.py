"""Which measures share a pass, and how their own conditions stay their own."""

from pathlib import Path

import pytest

from luotsi.concepts.expressions import parse
from luotsi.concepts.reading import County, read_county
from luotsi.concepts.records import Rows
from luotsi.engine.measures.cells import CELLS, bundled
from luotsi.engine.measures.plan import Asked, of_measure, of_per, passes

ROOT = Path(__file__).parents[5]


@pytest.fixture(scope="module")
def county() -> County:
    return read_county(ROOT / "county")[0]


def asked(name: str, rows: Rows, result: str = "share") -> Asked:
    return Asked(name, rows, result, parse("late"), None, ((), ("unit",)), ("month",))


def test_additive_measures_of_one_mart_share_a_pass_and_keep_their_own_conditions() -> None:
    one = asked("one", Rows(rows="contact", let={"late": "hours > 2"}, where="kind = 'visit'"))
    two = asked("two", Rows(rows="contact", let={"late": "hours > 3"}, where="late"))
    (shared,) = passes([one, two])
    assert shared.rows.where is None
    assert shared.rows.let == {
        "late": "hours > 2",
        "in_one": "kind = 'visit'",
        "late_2": "hours > 3",
        "in_two": "late_2",
    }
    assert [each.where.sql() for each in shared.asked if each.where is not None] == ["in_one", "in_two"]
    assert [each.numerator.sql() for each in shared.asked] == ["late", "late_2"]


def test_measures_of_the_very_same_rows_let_the_rows_ask_the_condition() -> None:
    rows = Rows(rows="contact", let={"late": "hours > 2"}, where="kind = 'visit'")
    (shared,) = passes([asked("one", rows), asked("two", rows)])
    assert shared.rows.where == "kind = 'visit'"


@pytest.mark.parametrize("result", ["median", "distinct", "top_share"])
def test_a_result_that_months_cannot_be_added_up_to_has_a_pass_of_its_own(result: str) -> None:
    rows = Rows(rows="contact", let={"late": "hours > 2"})
    assert len(passes([asked("one", rows), asked("two", rows, result)])) == 2


def test_a_denominator_is_asked_for_the_dimensions_it_has_and_no_shorter_period_than_it_knows(county: County) -> None:
    measure = county.measures["cost_per_inhabitant"]
    assert measure.per is not None
    per = of_per(county, measure, measure.per)
    known = set(county.concepts["population"].dimensions)
    assert set(per.dimensions) <= known
    assert per.grains == ("year",)


def test_every_grouping_is_added_up_from_one_bundle_that_holds_it(county: County) -> None:
    for measure in county.measures.values():
        sets = list(of_measure(measure).sets)
        bundles = bundled(county, sets)
        assert sorted(names for found in bundles.values() for names in found) == sorted(sets)
        assert all(set(names) <= set(bundle) for bundle, found in bundles.items() for names in found)


def test_dimensions_whose_values_would_multiply_too_far_stand_in_different_bundles(county: County) -> None:
    sets = [(), ("age_group",), ("municipality",), ("profession",), ("segment",), ("sex",), ("unit",)]
    bundles = bundled(county, sets)
    assert len(bundles) > 1
    assert CELLS < 100 * 25 * 12 * 4
