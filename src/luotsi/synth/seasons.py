"""When things happen: weights of days by weekday, season, holiday and the pandemic. Knows no kind of care."""

from __future__ import annotations

import datetime

import numpy as np

from luotsi.synth.text import EPOCH, Array, day_number

FIXED_HOLIDAYS = {(1, 1), (1, 6), (5, 1), (12, 6), (12, 24), (12, 25), (12, 26)}
MONTHS = np.array([1.08, 1.06, 1.05, 1.02, 1.0, 0.88, 0.62, 0.95, 1.08, 1.08, 1.1, 0.9])
SLOTS = 1 << 16


class Season:
    """Draws days of a span in proportion to weights, by a table of quantiles: fast, and exact to 1/65,536."""

    def __init__(self, first: int, last: int, weights: Array) -> None:
        self.first, self.last = first, last
        reached = np.cumsum(weights) / weights.sum()
        self._table = first + np.searchsorted(reached, (np.arange(SLOTS) + 0.5) / SLOTS).astype(np.int64)

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """`count` days."""
        return self._table[rng.integers(0, SLOTS, count, dtype=np.uint16)]


def is_day_off(day: int) -> bool:
    """Whether offices are closed: weekends, holidays of fixed date, Easter days and Midsummer Eve."""
    date = EPOCH + datetime.timedelta(days=day)
    easter = _easter(date.year)
    moving = {easter - datetime.timedelta(days=2), easter + datetime.timedelta(days=1), easter + datetime.timedelta(39)}
    midsummer = date.month == 6 and 19 <= date.day <= 25 and date.weekday() == 4
    return date.weekday() >= 5 or (date.month, date.day) in FIXED_HOLIDAYS or date in moving or midsummer


def _easter(year: int) -> datetime.date:
    """Easter Sunday by the anonymous Gregorian rule."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return datetime.date(year, month, day + 1)


def season(first_year: int, last_year: int, *, closed: float, seasonal: float, pandemic: float) -> Season:
    """Days of whole years. `closed`: weight of a day off beside a working day; `seasonal`: 1 follows the months fully,
    0 not at all; `pandemic`: weight in spring 2020 (16 March to 31 May) beside other springs."""
    first, end = day_number(first_year), day_number(last_year + 1)
    days = np.arange(first, end)
    off = np.array([is_day_off(day) for day in days.tolist()])
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
    weights = np.where(off, closed, 1.0) * (1 + seasonal * (MONTHS[months] - 1))
    weekday = (days + 3) % 7
    weights = weights * np.where(off, 1.0, np.array([1.15, 1.05, 1.0, 0.98, 0.85, 1, 1])[weekday])
    dip = (days >= day_number(2020, 3, 16)) & (days <= day_number(2020, 5, 31))
    return Season(first, end, np.where(dip, weights * pandemic, weights))


def working_days(first: int, last: int) -> Array:
    """The working days from `first` up to but not with `last`."""
    return np.array([day for day in range(first, last) if not is_day_off(day)])
