"""Two periods over many measures at once, sorted by change: where care has fallen behind, and where it has not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from luotsi.web.desk import periods, readings
from luotsi.web.desk.signals import changes
from luotsi.web.desk.signals.changes import Change
from luotsi.web.desk.signals.charts import Verdict
from luotsi.web.results import queries as results
from luotsi.web.results.models import Release
from luotsi.web.results.queries import Definition, Key, Point

Order = Literal["worse", "size", "name"]
ORDERS: tuple[Order, ...] = ("worse", "size", "name")


def named_order(text: str) -> Order:
    """The order of that name; the worse first for another text."""
    known: dict[str, Order] = {each: each for each in ORDERS}
    return known.get(text, "worse")


@dataclass(frozen=True)
class Pair:
    """One measure in two periods. `change` is None where either has no number; `hidden` says if few people is why."""

    measure: Definition
    change: Change | None
    verdict: Verdict
    hidden: bool

    @property
    def harm(self) -> float:
        """How much worse, as a share of the value before; below 0 for better, 0 for neither."""
        if self.change is None or self.change.relative is None or self.measure.direction == "none":
            return 0.0
        return -self.change.relative if self.measure.direction == "up" else self.change.relative


def compare(
    release: Release, before: str, after: str, *, codes: Mapping[str, str], family: str = "", order: Order = "worse"
) -> tuple[list[Pair], list[Definition]]:
    """Every measure that has such periods, sorted; and those not published by the group's dimensions.

    Two statements at most. `before` and `after` are periods of one grain.
    """
    grain, group = periods.grain(after), readings.group(codes)
    measures = [each for each in results.definitions(release).values() if family in ("", each.family)]
    fitting = [each for each in measures if grain in each.periods]
    told = [each for each in fitting if readings.published(each, frozenset(codes))]
    months = [each for each in told if grain == "year" and readings.kind(each) == "xmr" and "month" in each.periods]
    keys = {(each.measure, grain, group) for each in told} | {(each.measure, "month", group) for each in months}
    series = results.many(release, keys)
    pairs = [_pair(each, before, after, series, group) for each in told]
    return _sorted(pairs, order), [each for each in fitting if each not in told]


def _pair(measure: Definition, before: str, after: str, series: Mapping[Key, Sequence[Point]], group: str) -> Pair:
    points = {point.period: point for point in series[measure.measure, periods.grain(after), group]}
    months = series.get((measure.measure, "month", group), ())
    found = changes.change(
        readings.reading(points.get(before), before),
        readings.reading(points.get(after), after),
        readings.kind(measure),
        scale=measure.scale,
        around=[_months(months, points[year]) for year in (before, after) if year in points] if months else (),
    )
    hidden = any(point.suppressed for period, point in points.items() if period in (before, after))
    return Pair(measure, found, changes.judge(found, readings.direction(measure)), hidden)


def _months(months: Sequence[Point], year: Point) -> list[float]:
    """The months' values within a year, in the year's unit: where the year is the sum of its months (contacts, euros
    a head), a month stands for a twelfth of it; where it is like their mean (days, a score), for itself.
    """
    values = [each.value for each in months if each.period[:4] == year.period and each.value is not None]
    if not values or year.value is None:
        return []
    whole = sum(values)
    sums = abs(year.value - whole) < abs(year.value - whole / len(values))
    return [value * len(values) for value in values] if sums else values


def _sorted(pairs: Sequence[Pair], order: Order) -> list[Pair]:
    known = [pair for pair in pairs if pair.change is not None]
    unknown = [pair for pair in pairs if pair.change is None]
    if order == "name":
        return [*known, *unknown]
    if order == "size":
        return [*sorted(known, key=lambda pair: -abs((pair.change and pair.change.relative) or 0)), *unknown]
    return [*sorted(known, key=lambda pair: (pair.measure.direction == "none", -pair.harm)), *unknown]


def choices(release: Release, grain: periods.Grain) -> list[str]:
    """The whole periods of a release, newest first."""
    found, period = [], periods.last(release.last_month, grain)
    while periods.first_month(period) >= release.first_month:
        found.append(period)
        period = periods.step(period, -1)
    return found
