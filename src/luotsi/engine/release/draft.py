"""A release while it is being made: its months, tables, definitions and SQL. Nothing here touches a file."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.engine.release.arrow import Table
from luotsi.engine.release.periods import parse_period

Progress = Callable[[int, int, str], None]
"""(how many are done, of how many, what is being done)"""
YEARS = 5
"""How many calendar years a release covers, the last one as far as it has gone."""


@dataclass(frozen=True)
class Window:
    """The months a release covers, by their first days, both in it."""

    first: datetime.date
    last: datetime.date

    def holds(self, period: str) -> bool:
        """Whether a period lies wholly inside: one that is not over yet is not published."""
        found = parse_period(period)
        return self.first <= found.start and found.end <= month_end(self.last)


@dataclass
class Draft:
    """What goes into a release."""

    window: Window
    tables: list[Table] = field(default_factory=list[Table])
    definitions: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    sql: dict[str, str] = field(default_factory=dict[str, str])


def month_end(day: datetime.date) -> datetime.date:
    """The last day of a day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def window_of(
    county: County, loads: Iterable[Mapping[str, Any]], first: datetime.date | None, last: datetime.date | None
) -> Window:
    """The months asked for, or five calendar years up to the last month that the freshest extract closes."""
    if last is None:
        times = [(str(each["source"]), datetime.datetime.fromisoformat(str(each["created_at"]))) for each in loads]
        living = [time for source, time in times if _is_living(county, source)]
        newest = max(living or [time for _, time in times]).date()
        # A month is over when an extract has been made on its last day or later.
        last = newest.replace(day=1)
        if newest < month_end(newest):
            last = (last - datetime.timedelta(days=1)).replace(day=1)
    first = first or datetime.date(last.year - YEARS + 1, 1, 1)
    if last < first:
        raise UserError(f"The last month {last:%Y-%m} is before the first {first:%Y-%m}. Give the earlier one first.")
    return Window(first.replace(day=1), last.replace(day=1))


def _is_living(county: County, source: str) -> bool:
    return source in county.sources and county.sources[source].schedule in ("daily", "weekly", "monthly")
