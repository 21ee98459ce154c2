"""Change between two periods with its uncertainty. Control charts over many periods stand in `charts`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from luotsi.web.desk.signals.charts import Direction, Kind, Verdict, Word
from luotsi.web.desk.signals.limits import D2, Reading, moving_range

Z = 1.959964
"""95 % of a normal distribution lies within this many standard deviations."""


@dataclass(frozen=True)
class Change:
    """From `before` to `after`, in the measure's unit. `low` and `high`: 95 % interval of the difference, or None.

    `relative` is None when the value before is 0.
    """

    before: float
    after: float
    low: float | None = None
    high: float | None = None

    @property
    def difference(self) -> float:
        """After less before."""
        return self.after - self.before

    @property
    def relative(self) -> float | None:
        """The difference as a share of the value before."""
        return self.difference / abs(self.before) if self.before else None

    @property
    def certain(self) -> bool | None:
        """Whether chance alone seldom makes such a difference: the interval leaves out 0. None: no interval."""
        return None if self.low is None or self.high is None else self.low > 0 or self.high < 0


def wilson(numerator: float, denominator: float) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927, as Newcombe, Statistics in Medicine 17:857-872, 1998, method 3)."""
    share, square = numerator / denominator, Z * Z
    middle = 2 * numerator + square
    reach = Z * math.sqrt(square + 4 * numerator * (1 - share))
    whole = 2 * (denominator + square)
    return (middle - reach) / whole, (middle + reach) / whole


def change(
    before: Reading, after: Reading, kind: Kind, *, scale: float = 1.0, around: Sequence[Sequence[float]] = ()
) -> Change | None:
    """The change between two readings, or None where either has no number.

    Shares: hybrid score interval (Newcombe, Statistics in Medicine 17:873-890, 1998, method 10). Rates: normal
    interval of a difference of Poisson rates. Else, when `around` gives the shorter readings each period is made of
    (its months): the difference is as uncertain as the months vary from one to the next, moving range / 1.128, over
    the square root of how many they are. Without them the change has no interval.
    """
    if before.value is None or after.value is None:
        return None
    if kind == "xmr" or not (before.denominator and after.denominator):
        reach = _reach(around)
        difference = after.value - before.value
        if reach is None:
            return Change(before.value, after.value)
        return Change(before.value, after.value, difference - reach, difference + reach)
    low, high = _shares(before, after) if kind == "p" else _rates(before, after)
    return Change(before.value, after.value, low * scale, high * scale)


def judge(found: Change | None, direction: Direction) -> Verdict:
    """The verdict on a change: too little data where it has no interval, a signal where the interval leaves out 0."""
    if found is None:
        return Verdict(Word.MISSING)
    if found.certain is None:
        return Verdict(Word.TOO_LITTLE)
    if not found.certain:
        return Verdict(Word.NO_SIGNAL)
    side = 1 if found.difference > 0 else -1
    if direction == "none":
        return Verdict(Word.CHANGED, None, side)
    return Verdict(Word.BETTER if (side > 0) == (direction == "up") else Word.WORSE, None, side)


def _parts(reading: Reading) -> tuple[float, float]:
    return reading.numerator or 0.0, reading.denominator or 1.0


def _shares(before: Reading, after: Reading) -> tuple[float, float]:
    (x0, n0), (x1, n1) = _parts(before), _parts(after)
    share0, share1 = x0 / n0, x1 / n1
    (low0, high0), (low1, high1) = wilson(x0, n0), wilson(x1, n1)
    difference = share1 - share0
    return (
        difference - math.hypot(share1 - low1, high0 - share0),
        difference + math.hypot(high1 - share1, share0 - low0),
    )


def _rates(before: Reading, after: Reading) -> tuple[float, float]:
    (x0, n0), (x1, n1) = _parts(before), _parts(after)
    reach = Z * math.sqrt(x0 / n0**2 + x1 / n1**2)
    difference = x1 / n1 - x0 / n0
    return difference - reach, difference + reach


def _reach(around: Sequence[Sequence[float]]) -> float | None:
    if len(around) != 2 or min(len(part) for part in around) < 6:
        return None
    spread = sum(moving_range(part) for part in around) / 2 / D2
    return Z * spread * math.sqrt(sum(1 / len(part) for part in around))
