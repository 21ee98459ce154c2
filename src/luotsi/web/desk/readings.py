"""From published points to readings of a control chart, and from a measure to the chart that fits it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from luotsi.web.desk import periods
from luotsi.web.desk.signals.charts import Direction, Kind
from luotsi.web.desk.signals.limits import Reading
from luotsi.web.results.queries import Definition, Point

_KINDS: dict[str, Kind] = {"share": "p", "distinct": "u"}


def kind(measure: Definition) -> Kind:
    """The control chart of a measure: p for shares, u for distinct persons per persons, else XmR."""
    return _KINDS.get(measure.result, "xmr")


def direction(measure: Definition) -> Direction:
    """Which way is better."""
    return measure.direction  # pyright: ignore[reportReturnType]


def readings(points: Sequence[Point], until: str) -> list[Reading]:
    """A reading for each period from the first point up to and with `until`; those without a number have none."""
    known = {point.period: point for point in points if point.period <= until}
    if not known:
        return []
    found: list[Reading] = []
    period = min(known)
    while period <= until:
        found.append(reading(known.get(period), period))
        period = periods.step(period, 1)
    return found


def reading(point: Point | None, period: str) -> Reading:
    """One point as a reading; None is a period that nobody counted."""
    if point is None:
        return Reading(period, None)
    return Reading(period, point.value, point.numerator, point.denominator)


def reaches(value: float, goal: float, way: Direction) -> bool | None:
    """Whether a value meets a target; None where the measure has no good direction."""
    return None if way == "none" else value >= goal if way == "up" else value <= goal


def parts(group: str) -> dict[str, str]:
    """The dimensions and codes of a group: {} for the total."""
    return dict(part.split("=", 1) for part in group.split(";")) if group else {}


def group(codes: Mapping[str, str]) -> str:
    """The text of a group: '' for the total."""
    return ";".join(f"{dimension}={code}" for dimension, code in sorted(codes.items()))


def published(measure: Definition, dimensions: frozenset[str]) -> bool:
    """Whether a measure has numbers by these dimensions together."""
    if not dimensions:
        return True
    if len(dimensions) == 1:
        return dimensions <= set(measure.dimensions)
    return any(dimensions == set(pair) for pair in measure.pairs)
