"""Small cells stay hidden, whatever a reader does with the cells that are shown."""

from __future__ import annotations

import dataclasses
import importlib.util
import random
from collections.abc import Iterable
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luotsi.engine.release.suppression import Rule, hidden_rows

_spec = importlib.util.spec_from_file_location("attacks", Path(__file__).with_name("attacks.py"))
assert _spec is not None
assert _spec.loader is not None
attacks = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(attacks)

SHARE = Rule(people=True, complement=True, numerator=True, census=False)
COUNT = Rule(people=True, complement=False, numerator=True, census=False)

Event = tuple[int, tuple[str, ...], bool]


def tabulate(events: Iterable[Event], names: tuple[str, ...], pairs: Iterable[tuple[str, str]]) -> attacks.Table:
    """Numerator and denominator of every published period and group of (month from 0, codes, counts?) events."""
    table: attacks.Table = {}
    groupings = [(), *((name,) for name in names), *pairs]
    for month, codes, counted in events:
        year = 2023 + month // 12
        periods = (f"{year}-{month % 12 + 1:02}", f"{year}-Q{month % 12 // 3 + 1}", str(year))
        for grouping in groupings:
            group = ";".join(sorted(f"{name}={codes[names.index(name)]}" for name in grouping))
            for period in periods:
                numerator, denominator = table.get((period, group), (0, 0))
                table[period, group] = numerator + counted, denominator + 1
    return table


def rows_of(table: attacks.Table) -> pa.Table:
    return pa.table(
        {
            "period": [period for period, _ in table],
            "group": [group for _, group in table],
            "numerator": pa.array([value[0] for value in table.values()], pa.float64()),
            "denominator": pa.array([value[1] for value in table.values()], pa.float64()),
            "n": pa.array([value[1] for value in table.values()], pa.int64()),
        }
    )


def hide(table: attacks.Table, rule: Rule = SHARE) -> set[attacks.Cell]:
    hidden = hidden_rows(rows_of(table), rule)
    return {cell for cell, each in zip(table, hidden, strict=True) if each}


def small_share(value: tuple[int, int], small: int = 5) -> bool:
    return any(0 < count < small for count in (*value, value[1] - value[0]))


def counts(cells: dict[str, int], period: str = "2023") -> attacks.Table:
    return {(period, group): (count, count) for group, count in cells.items()}


@pytest.fixture
def areas_and_bands() -> attacks.Table:
    """C37: two areas by three bands, 12 3 9 and 7 6 0, with the totals of the rows published."""
    cells = {"area=a;band=1": 12, "area=a;band=2": 3, "area=a;band=3": 9, "area=b;band=1": 7, "area=b;band=2": 6}
    return counts({**cells, "area=b;band=3": 0, "area=a": 24, "area=b": 13})


def test_the_second_smallest_of_a_row_is_hidden_beside_a_small_cell(areas_and_bands: attacks.Table) -> None:
    assert hide(areas_and_bands, COUNT) == {("2023", "area=a;band=2"), ("2023", "area=a;band=3")}


def test_with_column_totals_too_a_second_pair_hides_the_first(areas_and_bands: attacks.Table) -> None:
    table = areas_and_bands | counts({"band=1": 19, "band=2": 9, "band=3": 9, "": 37})
    hidden = hide(table, COUNT)
    assert ("2023", "area=a;band=2") in hidden
    assert not attacks.by_subtraction(table, hidden)
    assert not attacks.by_algebra(table, hidden)
    assert ("2023", "") not in hidden


def test_a_count_of_five_and_a_zero_are_shown() -> None:
    assert hide(counts({"": 15, "unit=a": 5, "unit=b": 10, "unit=c": 0}), COUNT) == set()


@pytest.mark.parametrize("value", [(2, 90), (88, 90), (3, 4), (0, 2)])
def test_a_share_is_hidden_for_few_rows_few_that_count_and_few_that_do_not(value: tuple[int, int]) -> None:
    table = {("2023", "unit=a"): value, ("2023", "unit=b"): (40, 80), ("2023", ""): (value[0] + 40, value[1] + 80)}
    assert ("2023", "unit=a") in hide(table)


def test_a_mean_is_hidden_for_fewer_than_five_rows_whatever_its_sum() -> None:
    rows = pa.table(
        {
            "period": ["2023"] * 3,
            "group": ["unit=a", "unit=b", "unit=c"],
            "numerator": pa.array([3.0, 100.0, 900.0]),
            "denominator": pa.array([9.0, 4.0, 40.0]),
            "n": pa.array([9, 4, 40]),
        }
    )
    rule = Rule(people=True, complement=False, numerator=False, census=False)
    assert hidden_rows(rows, rule).tolist() == [False, True, False]


def test_money_things_and_professionals_are_shown_as_they_are() -> None:
    table = counts({"": 3, "unit=a": 1, "unit=b": 2})
    assert hide(table, dataclasses.replace(COUNT, people=False)) == set()


def test_the_threshold_is_one_setting() -> None:
    table = counts({"": 60, "unit=a": 9, "unit=b": 20, "unit=c": 31})
    hidden = hide(table, dataclasses.replace(COUNT, small=10))
    assert hidden == {("2023", "unit=a"), ("2023", "unit=b")}


def test_hidden_children_that_are_few_together_take_another_with_them() -> None:
    table = counts({"": 34, "unit=a": 1, "unit=b": 2, "unit=c": 11, "unit=d": 20})
    assert hide(table, COUNT) == {("2023", "unit=a"), ("2023", "unit=b"), ("2023", "unit=c")}


def test_a_hidden_month_cannot_be_won_from_its_quarter() -> None:
    table = {("2023-01", ""): (3, 3), ("2023-02", ""): (20, 20), ("2023-03", ""): (30, 30), ("2023-Q1", ""): (53, 53)}
    assert hide(table, COUNT) == {("2023-01", ""), ("2023-02", "")}


def test_a_census_hides_the_quarter_that_repeats_a_hidden_month() -> None:
    table = {("2023-01", ""): (9, 9), ("2023-02", ""): (20, 20), ("2023-03", ""): (3, 3), ("2023-Q1", ""): (3, 3)}
    census = dataclasses.replace(COUNT, census=True)
    assert hide(table, census) == {("2023-03", ""), ("2023-Q1", "")}


def test_a_census_hides_the_quarter_of_a_month_that_is_hidden_for_another() -> None:
    cells = {"": 40, "unit=a": 3, "unit=b": 10, "unit=c": 27}
    table = counts(cells, "2023-03") | counts(cells, "2023-Q1")
    hidden = hide(table, dataclasses.replace(COUNT, census=True))
    assert {period for period, group in hidden if group == "unit=b"} == {"2023-03", "2023-Q1"}


def test_units_inside_an_area_cannot_be_added_up_to_it() -> None:
    table = counts({"": 100, "area=n": 40, "area=s": 60, "unit=a": 3, "unit=b": 37, "unit=c": 25, "unit=d": 35})
    nesting = {("area", "unit"): {"a": "n", "b": "n", "c": "s", "d": "s"}}
    hidden = hidden_rows(rows_of(table), COUNT, nesting=nesting)
    shown = [group for (_, group), each in zip(table, hidden, strict=True) if not each]
    assert "unit=b" not in shown
    alone = hidden_rows(rows_of(table), COUNT)
    assert [group for (_, group), each in zip(table, alone, strict=True) if each] == ["unit=a", "unit=c"]


def test_what_a_release_before_hid_stays_hidden_while_it_is_unchanged() -> None:
    table = counts({"": 64, "unit=a": 3, "unit=b": 11, "unit=c": 20, "unit=d": 30})
    before = np.array([group == "unit=c" for _, group in table])
    hidden = hidden_rows(rows_of(table), COUNT, already=before)
    assert [group for (_, group), each in zip(table, hidden, strict=True) if each] == ["unit=a", "unit=c"]


def test_the_whole_system_of_sums_is_solved_not_only_each_sum() -> None:
    """Two hidden rectangles and a cell that bridges them: every sum holds two hidden cells, yet the bridge follows."""
    small = {"a1", "a2", "b1", "b2", "b3", "c3", "c4", "d3", "d4"}
    leaves = {row + column: 4 if row + column in small else 50 for row in "abcd" for column in "1234"}
    table = counts({f"column={cell[1]};row={cell[0]}": count for cell, count in leaves.items()})
    table |= counts({f"row={row}": sum(n for cell, n in leaves.items() if cell[0] == row) for row in "abcd"})
    table |= counts({f"column={at}": sum(n for cell, n in leaves.items() if cell[1] == at) for at in "1234"})
    table |= counts({"": sum(leaves.values())})
    primary = {cell for cell, value in table.items() if value[0] < 5}
    assert not attacks.by_subtraction(table, primary)
    assert attacks.by_algebra(table, primary) == [("2023", "column=3;row=b")]
    hidden = hide(table, COUNT)
    assert primary < hidden
    assert not attacks.by_subtraction(table, hidden)
    assert not attacks.by_algebra(table, hidden)


PAIRS = [*combinations(("age", "sex", "unit"), 2)]
EVENTS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.tuples(st.sampled_from("1234"), st.sampled_from("12"), st.sampled_from("abc")),
        st.booleans(),
        st.integers(1, 30),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(EVENTS, st.sets(st.sampled_from(PAIRS)))
def test_no_table_gives_up_a_hidden_cell_to_subtraction_or_algebra(
    drawn: list[tuple[int, tuple[str, ...], bool, int]], pairs: set[tuple[str, str]]
) -> None:
    events = [event[:3] for event in drawn for _ in range(event[3])]
    table = tabulate(events, ("age", "sex", "unit"), sorted(pairs))
    hidden = hide(table)
    assert {cell for cell, value in table.items() if small_share(value)} <= hidden
    assert not [cell for cell in hidden if table[cell] == (0, 0)]
    assert not attacks.by_subtraction(table, hidden)
    assert not attacks.by_algebra(table, hidden)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 14), min_size=4, max_size=4), st.lists(st.integers(0, 14), min_size=4, max_size=4))
def test_a_hidden_cell_has_more_than_one_possible_count_even_to_one_who_knows_none_is_negative(
    first: list[int], second: list[int]
) -> None:
    both = {"a": first, "b": second}
    cells = {f"area={area};band={at}": n for area, row in both.items() for at, n in enumerate(row)}
    table = counts(cells | {f"area={area}": sum(row) for area, row in both.items()})
    hidden = hide(table, COUNT)
    most = max((table[cell][0] for cell in hidden), default=0) + 1
    if hidden and most ** len(hidden) < 200_000:
        bounds = attacks.by_bounds({cell: value[1] for cell, value in table.items()}, hidden, most)
        assert all(low < high for low, high in bounds.values())


def test_cover_is_found_further_away_where_all_around_a_cell_is_hidden_already() -> None:
    draw = random.Random(17646)  # a table whose solved cell has nothing but hidden cells in its own sums
    units = [f"unit={code}" for code in "abcd"[: draw.randint(2, 4)]]
    towns = [f"municipality={code}" for code in "pqr"[: draw.randint(2, 3)]]
    table: attacks.Table = {}
    for month in range(1, 13):
        for group in product(units, towns):
            denominator = draw.choice([0, 0, 0, 1, 1, 2, 3])
            numerator = draw.randint(0, denominator)
            for cell in product((f"2023-{month:02d}", f"2023-Q{(month + 2) // 3}", "2023"), ("", *group)):
                known = table.get(cell, (0, 0))
                table[cell] = (known[0] + numerator, known[1] + denominator)
    table = {cell: value for cell, value in table.items() if value[1]}
    hidden = hide(table)
    assert not attacks.by_algebra(table, hidden)
    assert not attacks.by_subtraction(table, hidden)
