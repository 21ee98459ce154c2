"""Rules for special cause: patterns that chance alone seldom draws. Limits stand in `limits`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

RUN = 8
TREND = 6
EQUAL = 1e-9
"""Readings nearer than this, in standard deviations, are one value: rounding is no signal."""


class Rule(StrEnum):
    """The four rules, strongest first."""

    BEYOND = "beyond"
    """One reading beyond three standard deviations (Shewhart 1931; Western Electric 1956, rule 1)."""
    TWO_OF_THREE = "two_of_three"
    """Two of three readings in a row beyond two standard deviations, on one side (Western Electric, rule 2)."""
    RUN = "run"
    """Eight in a row on one side of the centre line (Western Electric, rule 4)."""
    TREND = "trend"
    """Six in a row steadily rising or falling (Nelson, Journal of Quality Technology 16(4):237-239, 1984, test 3)."""


@dataclass(frozen=True, order=True)
class Signal:
    """A rule that a reading is part of, and which way: 1 above or rising, -1 below or falling."""

    rule: Rule
    side: int


def find(scores: Sequence[float]) -> list[tuple[Signal, ...]]:
    """For each reading the signals it is part of, strongest rule first.

    `scores`: readings as (value - centre) / standard deviation, in order of time, without missing ones. A reading on
    the centre line neither makes nor breaks a run; one equal to the reading before neither makes nor breaks a trend
    (Perla, Provost and Murray, BMJ Quality & Safety 20:46-51, 2011).
    """
    found: list[set[Signal]] = [set() for _ in scores]
    for place, score in enumerate(scores):
        if abs(score) > 3 + EQUAL:
            found[place].add(Signal(Rule.BEYOND, _side(score)))
    for side in (1, -1):
        for place in _two_of_three(scores, side):
            found[place].add(Signal(Rule.TWO_OF_THREE, side))
        for place in _trend(scores, side):
            found[place].add(Signal(Rule.TREND, side))
    for start, stop, side in runs(scores):
        if sum(_side(score) != 0 for score in scores[start:stop]) >= RUN:
            for place in range(start, stop):
                found[place].add(Signal(Rule.RUN, side))
    strongest = list(Rule)
    return [tuple(sorted(each, key=lambda signal: (strongest.index(signal.rule), -signal.side))) for each in found]


def runs(scores: Sequence[float]) -> list[tuple[int, int, int]]:
    """Runs on one side of the centre line as (start, stop, side); a reading on the line stays in the run around it."""
    found: list[tuple[int, int, int]] = []
    for place, score in enumerate(scores):
        side = _side(score)
        if side == 0:
            continue
        if found and found[-1][2] == side:
            found[-1] = (found[-1][0], place + 1, side)
        else:
            found.append((place, place + 1, side))
    return found


def _side(score: float) -> int:
    return 0 if abs(score) <= EQUAL else (1 if score > 0 else -1)


def _two_of_three(scores: Sequence[float], side: int) -> set[int]:
    far = [score * side > 2 + EQUAL for score in scores]
    pairs = [(first, later) for first in range(len(far)) for later in (first + 1, first + 2) if later < len(far)]
    return {place for pair in pairs if all(far[each] for each in pair) for place in pair}


def _trend(scores: Sequence[float], side: int) -> set[int]:
    kept = [place for place in range(len(scores)) if place == 0 or abs(scores[place] - scores[place - 1]) > EQUAL]
    found: set[int] = set()
    chain: list[int] = kept[:1]
    for before, after in pairwise(kept):
        chain = [*chain, after] if (scores[after] - scores[before]) * side > 0 else [after]
        if len(chain) >= TREND:
            found.update(chain)
    return found
