"""The total score of a board: points of its tiles, weighed. Pure numbers; the rule is docs/explanation/scoring.md.

Which tiles count, from which floor and how much, stands in the board (luotsi.concepts.records.Score).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from luotsi.concepts.records import Score, Target, Tile

BEST = 100.0
LEAST = 0.5
"""There is no total where less than this share of the weight has points."""


@dataclass(frozen=True)
class Points:
    """The points of one tile, 0 to 100; None where its value or its target is missing. Missing is never good."""

    points: float | None
    weight: float


@dataclass(frozen=True)
class Total:
    """The total score, 0 to 100, and what it rests on: `known` of `of` tiles. None where too little is known."""

    score: float | None
    known: int
    of: int


def target_at(targets: Sequence[Target], day: datetime.date) -> float | None:
    """The target that holds on a day, the last of those that do; None where none does."""
    holding = [each for each in targets if each.holds(day)]
    return float(holding[-1].value) if holding else None


def target_of(tile: Tile, targets: Sequence[Target], day: datetime.date) -> float | None:
    """The target of a tile on a day: its own, or the measure's."""
    return float(tile.target) if tile.target is not None else target_at(targets, day)


def points(score: Score, value: float | None, target: float | None) -> Points:
    """The points of a value: 0 at the floor and worse, 100 at the target and better, in proportion between.

    Works alike whether more or less is better, since the floor lies on the worse side of the target.
    """
    floor, weight = float(score.floor), float(score.weight)
    if value is None or target is None or target == floor:
        return Points(None, weight)
    return Points(min(BEST, max(0.0, BEST * (value - floor) / (target - floor))), weight)


def total(tiles: Iterable[Points]) -> Total:
    """The mean of the points there are, by weight."""
    every = list(tiles)
    known = [(each.points, each.weight) for each in every if each.points is not None]
    weight = sum(each for _, each in known)
    if not known or weight < LEAST * sum(each.weight for each in every):
        return Total(None, len(known), len(every))
    return Total(sum(each * share for each, share in known) / weight, len(known), len(every))
