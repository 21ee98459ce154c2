"""Periods as results name them, 2024-01, 2024-Q1 and 2024: their order, neighbours and words. No reading of results."""

from __future__ import annotations

import datetime
import re
from typing import Literal

from luotsi.web.results.queries import grain_of
from luotsi.web.ui import formats

Grain = Literal["month", "quarter", "year"]
GRAINS: tuple[Grain, ...] = ("month", "quarter", "year")
FORM = re.compile(r"(?:19|20)\d{2}(?:-(?:0[1-9]|1[0-2]|Q[1-4]))?")
A_YEAR = {"month": 12, "quarter": 4, "year": 1}
"""How many periods of a grain a year has."""


def grain(period: str) -> Grain:
    """month, quarter or year."""
    return grain_of(period)  # pyright: ignore[reportReturnType]


def named(text: str) -> Grain | None:
    """The grain of that name; None for another text."""
    return next((each for each in GRAINS if each == text), None)


def is_period(text: str) -> bool:
    """Whether a text names a period."""
    return FORM.fullmatch(text) is not None


def start(period: str) -> datetime.date:
    """The first day."""
    year, _, part = period.partition("-")
    month = 1 if not part else int(part[1]) * 3 - 2 if part.startswith("Q") else int(part)
    return datetime.date(int(year), month, 1)


def of(day: datetime.date, size: Grain) -> str:
    """The period of a grain that a day falls in."""
    if size == "year":
        return f"{day.year}"
    return f"{day.year}-Q{(day.month + 2) // 3}" if size == "quarter" else f"{day.year}-{day.month:02d}"


def step(period: str, by: int) -> str:
    """The period that many later, or earlier when below 0."""
    size = grain(period)
    first, months = start(period), by * 12 // A_YEAR[size]
    count = first.year * 12 + first.month - 1 + months
    return of(datetime.date(count // 12, count % 12 + 1, 1), size)


def last(month: str, size: Grain) -> str:
    """The last whole period of a grain at the end of a month."""
    found = of(start(month), size)
    return found if step(found, 1) == of(start(step(month, 1)), size) else step(found, -1)


def end(period: str) -> datetime.date:
    """The last day."""
    return start(step(period, 1)) - datetime.timedelta(days=1)


def first_month(period: str) -> str:
    """The month a period begins with."""
    return of(start(period), "month")


def last_month(period: str) -> str:
    """The month a period ends with."""
    return step(first_month(step(period, 1)), -1)


def label(period: str) -> str:
    """helmikuu 2024, Q1/2024 or 2024."""
    return formats.period(start(period), grain(period))


def short(period: str) -> str:
    """2/2024, Q1/2024 or 2024."""
    return formats.short_period(start(period), grain(period))
