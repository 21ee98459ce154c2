"""Working days in Finland, and ages. Knows the calendar alone: no table, no query.

A working day is Monday to Friday that is no public holiday and neither Midsummer Eve nor Christmas Eve, which
agreements keep as days off though the law does not (the counting rule of THL's child protection handbook).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import holidays

FIRST, LAST = datetime.date(1990, 1, 1), datetime.date(2060, 12, 31)
"""The days that the calendar covers."""


@cache
def _days_off(year: int) -> frozenset[datetime.date]:
    midsummer_eve = next(day for day in _june(year) if day.weekday() == 4)
    return frozenset(holidays.country_holidays("FI", years=year)) | {midsummer_eve, datetime.date(year, 12, 24)}


def _june(year: int) -> Iterator[datetime.date]:
    return (datetime.date(year, 6, day) for day in range(19, 26))


def is_working_day(day: datetime.date) -> bool:
    """Whether a day is Monday to Friday and no day off in Finland."""
    return day.weekday() < 5 and day not in _days_off(day.year)


def full_years(born: datetime.date, day: datetime.date) -> int:
    """Full years from birth to a day, as `age` of the expressions counts them: born 29 February, 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def calendar(first: datetime.date = FIRST, last: datetime.date = LAST) -> Iterator[tuple[datetime.date, bool, int]]:
    """Each day with whether it is a working day and how many working days there are up to and with it."""
    nth = 0
    for place in range((last - first).days + 1):
        day = first + datetime.timedelta(days=place)
        working = is_working_day(day)
        nth += working
        yield day, working, nth


@cache
def calendar_days() -> Mapping[str, Sequence[object]]:
    """The whole calendar as columns: date, working, nth."""
    return {
        name: list(values)
        for name, values in zip(("date", "working", "nth"), zip(*calendar(), strict=True), strict=True)
    }
