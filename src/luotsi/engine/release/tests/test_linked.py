"""What one measure hides cannot be read from another that counts the same people."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luotsi.engine.release import ask, build
from luotsi.engine.release.linked import Counted, hidden_together, links
from luotsi.engine.release.suppression import Rule, hidden_rows

_spec = importlib.util.spec_from_file_location("attacks", Path(__file__).with_name("attacks.py"))
assert _spec is not None
assert _spec.loader is not None
attacks = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(attacks)

SHARE = Rule(people=True, complement=True, numerator=True, census=False)
MEDIAN = Rule(people=True, complement=False, numerator=False, census=False)

Counts = dict[tuple[str, str], tuple[int, int]]
"""(period, group) -> numerator and denominator."""


def rows_of(counts: Counts) -> pa.Table:
    return pa.table(
        {
            "period": [period for period, _ in counts],
            "group": [group for _, group in counts],
            "numerator": pa.array([value[0] for value in counts.values()], pa.float64()),
            "denominator": pa.array([value[1] for value in counts.values()], pa.float64()),
            "n": pa.array([value[1] for value in counts.values()], pa.int64()),
        }
    )


def hide(one: Counts, other: Counts, second: Rule = SHARE) -> tuple[set[attacks.Cell], set[attacks.Cell]]:
    found = hidden_together([Counted(rows_of(one), SHARE), Counted(rows_of(other), second)])
    return tuple(
        {cell for cell, each in zip(counts, hidden, strict=True) if each}
        for counts, hidden in zip((one, other), found, strict=True)
    )  # type: ignore[return-value]


def alone(counts: Counts, rule: Rule = SHARE) -> set[attacks.Cell]:
    return {cell for cell, each in zip(counts, hidden_rows(rows_of(counts), rule), strict=True) if each}


def rest(counts: Counts) -> Counts:
    """The measure of those who do not count in this one."""
    return {cell: (den - num, den) for cell, (num, den) in counts.items()}


def by_age_and(name: str, events: list[tuple[str, str, str, bool]], place: int) -> Counts:
    found: Counts = {}
    for event in events:
        for group in ("", f"age={event[0]}", f"{name}={event[place]}", f"age={event[0]};{name}={event[place]}"):
            num, den = found.get(("2023", group), (0, 0))
            found["2023", group] = num + event[3], den + 1
    return found


def test_a_share_and_the_share_of_the_rest_are_linked_and_others_are_not() -> None:
    answered = {
        ("2023", group): (n, 2 * n + 9) for group, n in {"": 60, "a=1": 5, "a=2": 55, "b=1": 8, "b=2": 52}.items()
    }
    other = {cell: (num, den + 1) for cell, (num, den) in answered.items()}
    tables = {"answered": answered, "not": rest(answered), "other": {**other, ("2023", ""): (61, 170)}}
    found = links({name: (rows_of(counts), SHARE) for name, counts in tables.items()})
    assert sorted(found) == [["answered", "not"], ["other"]]


def test_a_census_is_not_linked_with_events() -> None:
    counts = {("2023", f"a={code}" if code else ""): (code + 9, 40) for code in range(8)}
    census = Rule(people=True, complement=True, numerator=True, census=True)
    found = links({"one": (rows_of(counts), SHARE), "two": (rows_of(counts), census)})
    assert sorted(found) == [["one"], ["two"]]


def test_the_cover_of_one_measure_is_not_shown_by_the_other() -> None:
    """By sex and by unit, each covered by itself: the median shows how many waited where the share hides it."""
    share = {("2023", ""): (60, 100), ("2023", "unit=a"): (28, 30), ("2023", "unit=b"): (32, 70)}
    median = {cell: (den * 9, den) for cell, (_, den) in share.items()}
    assert alone(share) == {("2023", "unit=a"), ("2023", "unit=b")}
    assert alone(median, MEDIAN) == set()
    first, second = hide(share, median, MEDIAN)
    assert first == second == {("2023", "unit=a"), ("2023", "unit=b")}


def test_two_measures_that_hide_different_cover_give_the_small_cell_away() -> None:
    small = {("2023", "age=a;unit=x"): (3, 3), ("2023", "age=b;unit=x"): (9, 9), ("2023", "age=c;unit=x"): (20, 20)}
    one = {**small, ("2023", "unit=x"): (32, 32)}
    other = {**one, ("2023", "age=b"): (9, 9), ("2023", "age=b;sex=1"): (2, 2), ("2023", "age=b;sex=2"): (7, 7)}
    shown_somewhere = (set(one) - alone(one)) | (set(other) - alone(other))
    hidden = set(other) - shown_somewhere
    joined, again = hide(one, other)
    together = set(other) - ((set(one) - joined) | (set(other) - again))
    assert not attacks.by_subtraction(other, together)
    assert not attacks.by_algebra(other, together)
    assert hidden <= together


EVENTS = st.lists(
    st.tuples(st.sampled_from("123"), st.sampled_from("ab"), st.sampled_from("xyz"), st.booleans(), st.integers(1, 25)),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(EVENTS)
def test_no_cell_follows_from_two_measures_laid_together(drawn: list[tuple[str, str, str, bool, int]]) -> None:
    """One by age and sex, its complement by age and unit; the reader knows what either of them shows."""
    events = [event[:4] for event in drawn for _ in range(event[4])]
    one, other = by_age_and("sex", events, 1), rest(by_age_and("unit", events, 2))
    first, second = hide(one, other)
    table = {**rest(other), **one}
    hidden = set(table) - ((set(one) - first) | (set(other) - second))
    small = {cell for cell, (num, den) in table.items() if any(0 < each < 5 for each in (num, den, den - num))}
    assert small <= hidden
    assert first & set(other) == second & set(one)
    assert not attacks.by_subtraction(table, hidden)
    assert not attacks.by_algebra(table, hidden)


@pytest.mark.parametrize("change", [False, True])
def test_a_release_hides_the_same_cells_in_measures_that_count_the_same(world: Any, change: bool) -> None:
    measures = world.county.measures
    measures["calls"] = measures["remote_share"].model_copy(update={"measure": "calls", "pairs": ()})
    build(world.home, world.county)
    if change:
        world.change([*world.events, *[(3, "s3", "1", True)] * 4])
        build(world.home, world.county)
    hidden = [
        {
            (row["period"], row["unit"])
            for row in ask(world.home, None, name, by=["unit", "month"]).to_pylist()
            if row["suppressed"]
        }
        for name in ("remote_share", "calls")
    ]
    assert hidden[0] == hidden[1] != set()


def test_linked_measures_that_are_split_in_different_ways_are_hidden_without_an_end_where_all_is_hidden() -> None:
    june: Counts = {(period, ""): (1, 1) for period in ("2024-06", "2024-Q2")}
    april: Counts = {(period, group): (0, 1) for period in ("2024-04", "2024-Q2") for group in ("", "age=7")}
    assert hide(june, april) == (set(june), set(april))
