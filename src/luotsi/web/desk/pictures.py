"""Charts of judged series and groups, as specs of `ui.charts`. What is a signal is decided before, in `judging`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from luotsi.web.desk import periods, readings, words
from luotsi.web.desk.judging import Judged
from luotsi.web.desk.signals import funnel
from luotsi.web.desk.signals.charts import Mark
from luotsi.web.results.models import Release
from luotsi.web.results.queries import Definition, Point
from luotsi.web.ui import charts, formats
from luotsi.web.ui.charts import Bar, Dot, Judgement, Limit, Size, Spec, Spot

STEPS = 40
"""Sizes at which a funnel's limits are reckoned."""
FEWEST_SPOTS = 3


@dataclass(frozen=True)
class Both:
    """One picture drawn twice: for a wide page and for a phone, which shows the one that its width can hold."""

    wide: Spec
    narrow: Spec


def both(draw: Callable[[Size], Spec | None]) -> Both | None:
    """A picture in both sizes; None where there is nothing to draw."""
    wide, narrow = draw("wide"), draw("narrow")
    return Both(wide, narrow) if wide and narrow else None


def _judgement(side: int, direction: str) -> Judgement:
    """What a signal to one side means; 0 is no signal."""
    if side == 0:
        return ""
    if direction == "none":
        return "change"
    return "good" if (side > 0) == (direction == "up") else "bad"


def dots(found: Judged, since: str = "") -> list[Dot]:
    """The marks of a control chart, from a month on."""
    hidden = {point.period for point in found.points if point.suppressed}
    return [
        _dot(mark, found.measure.direction, mark.period in hidden)
        for mark in found.drawn.marks
        if periods.last_month(mark.period) >= since
    ]


def _dot(mark: Mark, direction: str, hidden: bool) -> Dot:
    side = mark.signals[0].side if mark.signals else 0
    return Dot(
        periods.start(mark.period).isoformat(),
        mark.value,
        mark.centre,
        mark.low,
        mark.high,
        mark.phase,
        _judgement(side, direction),
        hidden,
    )


def line(found: Judged, size: Size, *, since: str = "", notes: Sequence[tuple[str, str]] = ()) -> Spec | None:
    """The series over time with its limits; None where no period has a number. notes: (period, mark)."""
    drawn = dots(found, since)
    if all(dot.value is None for dot in drawn):
        return None
    pins = [(periods.start(period).isoformat(), mark) for period, mark in notes]
    return charts.line(
        drawn,
        title=words.said(found.measure.label),
        unit=found.measure.unit,
        description=describe(found),
        target=found.target,
        notes=pins,
        size=size,
    )


def describe(found: Judged) -> str:
    """The chart in words for who does not see it."""
    if found.value is None:
        return words.missing(found)
    parts = [
        f"{periods.label(found.last.period)}: {formats.measured(found.value, found.measure.unit)}",
        words.verdict(found.verdict)[1],
        words.reason(found.verdict),
    ]
    return ". ".join(part.rstrip(".") for part in parts)


def _label(release: Release, group: str, by: str) -> str:
    return words.code(release, by, readings.parts(group).get(by, ""))


def ordered(points: Sequence[Point], by: str) -> list[Point]:
    """Groups as they are read: ages by age, others by value, the hidden last."""
    if by == "age_group":
        return sorted(points, key=lambda point: _age(readings.parts(point.group).get(by, "")))
    return sorted(points, key=lambda point: (point.value is None, -(point.value or 0)))


def _age(code: str) -> tuple[float, str]:
    """Where an age group stands: 7-17 before 18-29, and what is no age last."""
    first = re.match(r"\d+", code)
    return (float(first[0]) if first else math.inf, code)


def bars(
    release: Release, measure: Definition, points: Sequence[Point], by: str, *, size: Size, target: float | None = None
) -> Spec:
    """The groups of one period beside each other."""
    rows = [
        Bar(_label(release, point.group, by), point.value, point.low, point.high, suppressed=point.suppressed)
        for point in ordered(points, by)
    ]
    title = f"{words.said(measure.label)}: {words.dimension(by)}"
    return charts.bars(rows, title=title, unit=measure.unit, target=target, size=size)


def funnel_plot(
    release: Release,
    measure: Definition,
    points: Sequence[Point],
    by: str,
    *,
    size: Size,
    target: float | None = None,
) -> Spec | None:
    """The units by their size within what chance would do; None for a measure without funnel or too few units."""
    whole = _whole(measure, points)
    if whole is None:
        return None
    beyond = outside(measure, points)
    spots = [
        Spot(_label(release, point.group, by), point.denominator, point.value, beyond.get(point.group, ""))
        for point in points
        if point.denominator and point.value is not None
    ]
    most = max(spot.size for spot in spots) * 1.05
    # Limits bend most where units are small, so sizes are taken closer there.
    sizes = sorted({max(1, round(most * (step / STEPS) ** 2)) for step in range(1, STEPS + 1)})
    edges = [Limit(each, *(limit * measure.scale for limit in _limits(measure, each, whole))) for each in sizes]
    return charts.funnel(
        spots,
        edges,
        centre=whole * measure.scale,
        title=f"{words.said(measure.label)}: {words.dimension(by)}",
        unit=measure.unit,
        x_title=_("Cases in the period"),
        target=target,
        size=size,
    )


def outside(measure: Definition, points: Sequence[Point]) -> dict[str, Judgement]:
    """Group -> what its standing outside the outer limits means; those inside are left out."""
    whole = _whole(measure, points)
    if whole is None:
        return {}
    found: dict[str, Judgement] = {}
    for point in points:
        if point.denominator and point.value is not None:
            limits = _limits(measure, point.denominator, whole)
            place = funnel.place((point.numerator or 0.0) / point.denominator, limits)
            if abs(place) == funnel.OUTER:
                found[point.group] = _judgement(place, measure.direction)
    return found


def _whole(measure: Definition, points: Sequence[Point]) -> float | None:
    """All numerators over all denominators; None where a funnel says nothing."""
    counted = [point for point in points if point.denominator and point.value is not None]
    if readings.kind(measure) == "xmr" or len(counted) < FEWEST_SPOTS:
        return None
    return sum(point.numerator or 0.0 for point in counted) / sum(point.denominator or 0.0 for point in counted)


def _limits(measure: Definition, size: float, whole: float) -> tuple[float, float, float, float]:
    if readings.kind(measure) == "u":
        return funnel.poisson_limits(size, whole)
    return funnel.binomial_limits(round(size), whole)


def multiples(
    release: Release, measure: Definition, groups: Mapping[str, Judged], by: str, *, size: Size, since: str = ""
) -> Spec:
    """A small line for each group, all on one scale."""
    panels = {_label(release, group, by): dots(found, since) for group, found in groups.items()}
    title = f"{words.said(measure.label)}: {words.dimension(by)}"
    return charts.multiples(panels, title=title, unit=measure.unit, size=size)


def choropleth(
    measure: Definition, features: Sequence[Mapping[str, Any]], points: Sequence[Point], *, size: Size
) -> Spec:
    """Municipalities coloured by value."""
    values = {readings.parts(point.group).get("municipality", ""): point.value for point in points}
    return charts.map(features, values, title=words.said(measure.label), unit=measure.unit, size=size, planar=True)
