"""A measure's number for one period and group, from its rows to its value."""

from __future__ import annotations

import calendar
import datetime
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from luotsi.concepts.calls import Value, day, rounded
from luotsi.concepts.methods import METHODS
from luotsi.concepts.records import Grain, Measure, Per, Rows
from luotsi.concepts.scalars import numeric
from luotsi.engine.measures.reference.looks import looked
from luotsi.engine.measures.reference.methods import applied
from luotsi.engine.measures.reference.world import Row, World

UNKNOWN = "unknown"
"""The group of rows whose dimension is null."""

MONTHS: dict[Grain, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Period:
    """A month ('2023-01'), quarter ('2023-Q1') or year ('2023'), both days inclusive."""

    grain: Grain
    first: datetime.date

    @classmethod
    def read(cls, text: str) -> Period:
        """The period a text names."""
        year, _, part = text.partition("-")
        if not part:
            return cls("year", datetime.date(int(year), 1, 1))
        if part.startswith("Q"):
            return cls("quarter", datetime.date(int(year), int(part[1:]) * 3 - 2, 1))
        return cls("month", datetime.date(int(year), int(part), 1))

    def __str__(self) -> str:
        match self.grain:
            case "year":
                return str(self.first.year)
            case "quarter":
                return f"{self.first.year}-Q{(self.first.month + 2) // 3}"
            case _:
                return f"{self.first.year}-{self.first.month:02d}"

    @property
    def last(self) -> datetime.date:
        """The last day."""
        month = self.first.month + MONTHS[self.grain] - 1
        return datetime.date(self.first.year, month, calendar.monthrange(self.first.year, month)[1])

    def holds(self, at: Value) -> bool:
        """Whether a day or time lies in the period; a null does not."""
        return at is not None and self.first <= day(at) <= self.last

    def within(self, grain: Grain) -> Period:
        """This period, or the one of a coarser `grain` that holds it."""
        if MONTHS[grain] <= MONTHS[self.grain]:
            return self
        place = (self.first.month - 1) // MONTHS[grain] * MONTHS[grain]
        return Period(grain, self.first.replace(month=place + 1))


@dataclass(frozen=True)
class Result:
    """The numbers of a measure; those that a kind of result does not have are None."""

    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    n: int


def measured(world: World, measure: Measure, period: Period, group: Mapping[str, str] | None = None) -> Result:
    """A measure's result for a period and a group (dimension -> shown value); no group is the total."""
    return of_rows(world, measure, period, group or {}, period_rows(world, measure, period))


def of_rows(world: World, measure: Measure, period: Period, group: Mapping[str, str], rows: list[Row]) -> Result:
    """The same from the chosen rows of the period."""
    rows = grouped(world, measure, group, rows)
    pairs = [(world.value(measure.numerator, row), weight(world, measure, row)) for row in rows]
    match measure.result:
        case "median":
            return median(pairs)
        case "top_share":
            return top_share(pairs)
        case "mean":
            pairs = [(value, counted) for value, counted in pairs if value is not None]
        case _:
            pass
    if measure.result == "distinct":
        n = len({value for value, _ in pairs if value is not None})
        top = Decimal(n)
    else:
        top = sum((summed(value) for value, _ in pairs), start=Decimal(0))
        n = sum(counts(value) for value, _ in pairs)
    if measure.per is not None:
        below = per_sum(world, measure.per, period, group)
    elif measure.result in ("count", "sum", "distinct"):
        return Result(top, None, top * measure.scale, n)
    else:
        below = sum((summed(counted) for _, counted in pairs), start=Decimal(0))
        n = sum(counts(counted) for _, counted in pairs)
    return Result(top, below, top / below * measure.scale if below else None, n)


def grouped(world: World, rows: Rows, group: Mapping[str, str], found: list[Row]) -> list[Row]:
    """The rows that belong to a group."""
    return [
        row for row in found if all(shown(dimension(world, rows, row, name)) == value for name, value in group.items())
    ]


def period_rows(world: World, rows: Rows, period: Period) -> list[Row]:
    """The chosen rows of a period, after `let`, looks, `then`, `where` and the method."""
    if rows.each == "period_end":
        census = {"period_start": period.last.replace(day=1), "period_end": period.last}
        return chosen(world, rows, [row.joined(census) for row in world.rows(rows.rows)])
    found = chosen(world, rows, world.rows(rows.rows))
    if rows.method is None:
        return dated(world, rows, found, period)
    if METHODS[rows.method.name].within == "all":
        return dated(world, rows, applied(world, rows.method, found), period)
    made = applied(world, rows.method, dated(world, rows, found, period))
    return [row.joined({"period_start": period.first, "period_end": period.last}) for row in made]


def chosen(world: World, rows: Rows, found: list[Row]) -> list[Row]:
    """Rows with their named expressions and looks, those kept for which `where` is true."""
    kept: list[Row] = []
    for plain in found:
        row = world.named(plain, rows.let)
        row = row.joined({name: looked(world, row, look) for name, look in rows.look.items()})
        row = world.named(row, rows.then)
        if rows.where is None or world.value(rows.where, row) is True:
            kept.append(row)
    return kept


def dated(world: World, rows: Rows, found: list[Row], period: Period) -> list[Row]:
    """The rows whose date (`at`, or the concept's own) lies in the period, with the ends of their month."""
    kept: list[Row] = []
    for row in found:
        at = rows.at or world.concept(row).happens
        when = world.value(at, row) if at else None
        if period.holds(when):
            month = Period("month", day(when).replace(day=1))
            kept.append(row.joined({"period_start": month.first, "period_end": month.last}))
    return kept


def dimension(world: World, rows: Rows, row: Row, name: str) -> Value:
    """What a row shows in a dimension: of its concept, of its method, or the segment of its person."""
    shape = METHODS[rows.method.name] if rows.method else None
    if shape and name in shape.dimensions:
        return row.values.get(shape.dimensions[name])
    if shape and shape.rows:
        person = world.referred(row, "person")
        ends = {"period_end": row.values["period_end"], "person": row.key}
        row = person.joined(ends) if person else Row("person", {"key": row.key, **ends})
    dimensions = world.concept(row).dimensions
    if name == "segment" and name not in dimensions:
        return segment(world, row)
    return world.value(dimensions[name], row)


def segment(world: World, row: Row) -> Value:
    """The main segment of the row's person at the end of the row's month (relation `segment`)."""
    person = row.key if row.concept == "person" else row.values.get("person")
    for other in world.rows("segment"):
        if other.values.get("person") == person and other.values.get("period_end") == row.values["period_end"]:
            return other.values.get("segment")
    return None


def shown(value: Value) -> str:
    """A dimension's value as a group shows it."""
    if isinstance(value, bool):
        return str(value).lower()
    return UNKNOWN if value is None else str(value)


def weight(world: World, measure: Measure, row: Row) -> Value:
    """What a row weighs in the denominator: one unless the measure says."""
    return True if measure.denominator is None else world.value(measure.denominator, row)


def summed(value: Value) -> Decimal:
    """What a value adds to a sum: true is 1, false and null 0, numbers to six decimals."""
    if value is None or isinstance(value, bool):
        return Decimal(value is True)
    return rounded(numeric(value), 6)


def counts(value: Value) -> bool:
    """Whether a row is counted in n: it is true, or a number."""
    return value is not None and value is not False


def median(pairs: list[tuple[Value, Value]]) -> Result:
    """The middle value, the mean of the two middle ones when their number is even."""
    values = [Decimal(numeric(value)) for value, counted in pairs if value is not None and counts(counted)]
    return Result(None, None, statistics.median(values) if values else None, len(values))


def top_share(pairs: list[tuple[Value, Value]]) -> Result:
    """The share of the sum that the highest tenth of rows (rounded up) hold."""
    values = [rounded(numeric(value), 6) for value, _ in pairs if value is not None]
    values.sort(reverse=True)
    top, total = sum(values[: -(-len(values) // 10)], start=Decimal(0)), sum(values, start=Decimal(0))
    return Result(top, total, top / total if total else None, len(values))


def per_sum(world: World, per: Per, period: Period, group: Mapping[str, str]) -> Decimal | None:
    """A denominator of rows of its own, in the period of its grain, for the dimensions it shares."""
    concept = world.county.concepts[per.rows.partition(".")[0]]
    shared = {name: value for name, value in group.items() if name in concept.dimensions}
    rows = grouped(world, per, shared, period_rows(world, per, period.within(per.grain)))
    values = [world.value(per.sum, row) for row in rows]
    return sum((summed(value) for value in values), start=Decimal(0)) if rows else None
