"""Which measures share a pass, and how their own conditions stay their own."""

from pathlib import Path

import pytest

from luotsi.concepts.expressions import parse
from luotsi.concepts.reading import County, read_county
from luotsi.concepts.records import Look, Rows
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


def looking(name: str, where: str, **looks: Look) -> Asked:
    rows = Rows(rows="person", each="period_end", look=looks, where=f"birth_date <= period_end AND {where}")
    return Asked(name, rows, "share", parse("true"), None, ((),), ("year",))


ILL = Look(of="diagnosis", where="code = 'E11'", before="period_end", take="exists")
FIRST, LAST = (Look(of="measurement", before="period_end", take=take, value="value") for take in ("first", "latest"))


def test_measures_that_look_share_a_pass_and_their_looks_where_they_agree_on_the_rows_before_them() -> None:
    (shared,) = passes([looking("all", "ill", ill=ILL), looking("known", "ill AND value > 2", ill=ILL, value=LAST)])
    assert shared.rows.where == "birth_date <= period_end AND ill"
    assert shared.rows.look == {"ill": ILL, "value": LAST}
    assert [each.where and each.where.sql() for each in shared.asked] == [None, "in_known"]


def test_looks_of_one_name_that_differ_are_both_taken_and_rows_that_nobody_wants_left_out() -> None:
    (shared,) = passes([looking("early", "value > 2", value=FIRST), looking("late", "value > 3", value=LAST)])
    assert shared.rows.look == {"value": FIRST, "value_2": LAST}
    assert shared.rows.let == {"in_early": "value > 2", "in_late": "value_2 > 3"}
    assert shared.rows.where == "birth_date <= period_end AND (in_early OR in_late)"


def test_what_a_look_asks_of_the_row_that_looks_is_renamed_with_it() -> None:
    seen = Look(of="contact", where="happened_at > this.since", after="since", take="exists")
    one, other = (
        Asked(
            since,
            Rows(rows="person", at="birth_date", let={"since": since}, look={"seen": seen}),
            "share",
            parse("seen"),
            None,
            ((),),
            ("year",),
        )
        for since in ("birth_date", "died_on")
    )
    (shared,) = passes([one, other])
    second = shared.rows.look["seen_2"]
    assert (second.after, second.where) == ("since_2", "happened_at > this.since_2")
    assert shared.asked[1].numerator.sql() == "seen_2"


def test_measures_whose_rows_differ_before_their_looks_or_in_what_these_must_find_have_passes_of_their_own() -> None:
    old = looking("old", "birth_date < '1960-01-01' AND ill", ill=ILL)
    assert len(passes([looking("ill", "ill", ill=ILL), old, looking("any", "value > 2", value=LAST)])) == 3


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
