"""The total score of a board: what a tile is worth, and what a missing one does."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luotsi.concepts.records import Score, Target, Tile
from luotsi.web.desk.scoring import Points, Total, points, target_at, target_of, total

NUMBER = st.floats(-1e6, 1e6).map(lambda each: round(each, 3))


def score(floor: float, weight: float = 1) -> Score:
    return Score(floor=Decimal(str(floor)), weight=Decimal(str(weight)))


@pytest.mark.parametrize(
    ("value", "expected"), [(0.3, 0), (0.2, 0), (0.8, 100), (0.95, 100), (0.55, 50), (0.425, 25), (None, None)]
)
def test_more_is_better_above_the_floor_and_up_to_the_target(value, expected) -> None:
    found = points(score(0.3), value, 0.8).points
    assert found == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(("value", "expected"), [(42, 0), (60, 0), (7, 100), (0, 100), (24.5, 50)])
def test_less_is_better_where_the_floor_is_above_the_target(value, expected) -> None:
    assert points(score(42), value, 7).points == pytest.approx(expected)


def test_a_tile_without_a_target_that_day_has_no_points() -> None:
    assert points(score(0.3), 0.8, None).points is None


@given(floor=NUMBER, target=NUMBER, value=NUMBER, step=st.floats(0, 1e6))
def test_points_stay_between_0_and_100_and_never_fall_towards_the_target(floor, target, value, step) -> None:
    found = points(score(floor), value, target).points
    better = points(score(floor), value + (step if target > floor else -step), target).points
    if target == floor:
        assert found is None
    else:
        assert 0 <= found <= better <= 100


def test_the_total_is_the_mean_by_weight() -> None:
    assert total([Points(100, 2), Points(40, 1)]) == Total(80, 2, 2)


def test_a_missing_tile_neither_helps_nor_harms_but_is_told() -> None:
    assert total([Points(100, 2), Points(None, 1), Points(40, 1)]) == Total(80, 2, 3)


def test_there_is_no_total_where_less_than_half_of_the_weight_is_known() -> None:
    assert total([Points(100, 1), Points(None, 2)]) == Total(None, 1, 2)
    assert total([Points(100, 1), Points(None, 1)]) == Total(100, 1, 2)
    assert total([]) == Total(None, 0, 0)


def test_the_target_is_the_one_that_holds_on_the_day() -> None:
    targets = (
        Target(value=Decimal("0.66"), since=datetime.date(2024, 4, 1), until=datetime.date(2025, 9, 30), source="Law"),
        Target(value=Decimal("0.8"), since=datetime.date(2025, 10, 1), source="Law"),
    )
    assert target_at(targets, datetime.date(2024, 3, 31)) is None
    assert target_at(targets, datetime.date(2024, 4, 1)) == 0.66
    assert target_at(targets, datetime.date(2025, 9, 30)) == 0.66
    assert target_at(targets, datetime.date(2026, 1, 1)) == 0.8
    own = Tile(measure="access_7d_share", target=Decimal("0.5"))
    assert target_of(own, targets, datetime.date(2026, 1, 1)) == 0.5
    assert target_of(Tile(measure="access_7d_share"), targets, datetime.date(2026, 1, 1)) == 0.8
