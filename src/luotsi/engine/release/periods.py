"""Periods as results name them: `2023-01`, `2023-Q1`, `2023`; their parts, and ranges of them. No data here."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from typing import Literal

from luotsi.concepts.errors import UserError

Grain = Literal["month", "quarter", "year"]
GRAINS: tuple[Grain, ...] = ("month", "quarter", "year")
MONTHS = {"month": 1, "quarter": 3, "year": 12}

_SHAPE = re.compile(r"^(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?$")


@dataclass(frozen=True, order=True)
class Period:
    """A closed calendar interval. `first` counts months from year 0."""

    first: int
    grain: Grain

    @property
    def last(self) -> int:
        """The last month, counted as `first`."""
        return self.first + MONTHS[self.grain] - 1

    def parts(self, grain: Grain) -> list[Period]:
        """The periods of a finer grain that it is made of, in order."""
        return [Period(first, grain) for first in range(self.first, self.last + 1, MONTHS[grain])]

    @property
    def start(self) -> datetime.date:
        """Its first day."""
        return datetime.date(self.first // 12, self.first % 12 + 1, 1)

    @property
    def end(self) -> datetime.date:
        """Its last day."""
        year, month = self.last // 12, self.last % 12 + 1
        return datetime.date(year, month, calendar.monthrange(year, month)[1])

    def __str__(self) -> str:
        year, month = divmod(self.first, 12)
        match self.grain:
            case "year":
                return f"{year:04}"
            case "quarter":
                return f"{year:04}-Q{month // 3 + 1}"
            case "month":
                return f"{year:04}-{month + 1:02}"


@dataclass(frozen=True)
class Range:
    """A range of whole months, both ends in it, and the grain it was written in when it names one period."""

    first: int
    last: int
    named: Grain | None = None

    def tiled(self, grain: Grain) -> list[Period] | None:
        """The periods of a grain that together are exactly this range, or None where they cannot be."""
        step = MONTHS[grain]
        if self.first % step or (self.last + 1) % step:
            return None
        return [Period(first, grain) for first in range(self.first, self.last + 1, step)]


def parse_period(text: str) -> Period:
    """A period by its name. Raises UserError where the name is none."""
    found = _SHAPE.match(text.strip())
    if found is None:
        raise UserError(f"{text!r} is not a period. Write 2023, 2023-Q1 or 2023-01.")
    year, quarter, month = found.groups()
    if quarter:
        return Period(int(year) * 12 + (int(quarter) - 1) * 3, "quarter")
    if month:
        return Period(int(year) * 12 + int(month) - 1, "month")
    return Period(int(year) * 12, "year")


def parse_range(text: str) -> Range:
    """A period or `first..last`, whatever their grains. Raises UserError."""
    first, dots, last = text.partition("..")
    begin = parse_period(first)
    if not dots:
        return Range(begin.first, begin.last, begin.grain)
    end = parse_period(last)
    if end.last < begin.first:
        raise UserError(f"The period {text!r} ends before it begins. Write the earlier one first.")
    return Range(begin.first, end.last)


def grain_of(period: str) -> Grain:
    """The grain of a period by the form of its name."""
    return parse_period(period).grain
