"""Centre lines and standard deviations of control charts: XmR, p and u, with Laney's correction.

What is done with them (rules, phases) stands in `rules` and `charts`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

D2 = 1.128
"""Expected range of two normal readings in standard deviations (Montgomery, Introduction to Statistical Quality
Control, appendix VI; NIST/SEMATECH e-Handbook 6.3.2)."""

SIGMAS = 3.0
"""How far the limits stand from the centre line (Shewhart 1931)."""


@dataclass(frozen=True)
class Reading:
    """One period of a series. `numerator` and `denominator` are needed by p- and u-charts only.

    `value` None is a period without a number: missing or suppressed.
    """

    period: str
    value: float | None
    numerator: float | None = None
    denominator: float | None = None


@dataclass(frozen=True)
class Line:
    """A centre line and how the standard deviation of a reading follows from it.

    `spread` is the standard deviation of a reading of denominator 1 (of any reading, for XmR); `widening` is
    Laney's factor, at least 1.
    """

    centre: float
    spread: float
    widening: float = 1.0
    per_reading: bool = False

    def sigma(self, reading: Reading) -> float:
        """The standard deviation expected of this reading."""
        if not self.per_reading:
            return self.spread
        return self.widening * self.spread / math.sqrt(reading.denominator) if reading.denominator else 0.0


def moving_range(values: Sequence[float]) -> float:
    """The mean of the absolute differences of neighbours; 0 for fewer than two."""
    steps = [abs(after - before) for before, after in pairwise(values)]
    return sum(steps) / len(steps) if steps else 0.0


def individuals(readings: Sequence[Reading]) -> Line:
    """XmR: the mean, and the mean moving range over 1.128 (NIST/SEMATECH e-Handbook 6.3.2.2)."""
    values = [each.value for each in readings if each.value is not None]
    return Line(math.fsum(values) / len(values), moving_range(values) / D2)


def proportions(readings: Sequence[Reading]) -> Line:
    """p-chart: all numerators over all denominators; sqrt(p(1 - p)/n) (NIST/SEMATECH e-Handbook 6.3.3.2)."""
    centre = _pooled(readings)
    spread = math.sqrt(max(centre * (1 - centre), 0.0))
    return Line(centre, spread, widening(readings, centre, spread), per_reading=True)


def rates(readings: Sequence[Reading]) -> Line:
    """u-chart: all events over all exposure; sqrt(u/n) (Montgomery, section 7.3.2)."""
    centre = _pooled(readings)
    spread = math.sqrt(max(centre, 0.0))
    return Line(centre, spread, widening(readings, centre, spread), per_reading=True)


def widening(readings: Sequence[Reading], centre: float, spread: float) -> float:
    """How much wider than pure chance the readings vary: mean moving range of z over 1.128, at least 1.

    With large denominators chance alone gives limits so narrow that everything is a signal; the day-to-day variation
    between periods has to be counted in (Laney, Improved control charts for attributes, Quality Engineering
    14(4):531-537, 2002). Laney also lets the factor fall below 1; we do not, so limits are never narrower than
    the textbook's.
    """
    if spread <= 0:
        return 1.0
    scores = [
        (each.numerator / each.denominator - centre) / (spread / math.sqrt(each.denominator))
        for each in readings
        if each.denominator and each.numerator is not None
    ]
    return max(1.0, moving_range(scores) / D2)


def _pooled(readings: Sequence[Reading]) -> float:
    known = [each for each in readings if each.denominator and each.numerator is not None]
    return math.fsum(each.numerator or 0.0 for each in known) / math.fsum(each.denominator or 0.0 for each in known)
