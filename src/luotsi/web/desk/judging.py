"""One series of one measure with everything the desk says of it: chart, verdict, change, target.

Numbers only; words for them stand in `words`, pictures in `pictures`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from luotsi.web.desk import periods, readings, scoring
from luotsi.web.desk.signals import changes, charts
from luotsi.web.desk.signals.changes import Change
from luotsi.web.desk.signals.charts import Assurance, Chart, Verdict, Word
from luotsi.web.desk.signals.limits import Reading
from luotsi.web.results.queries import Definition, Point


@dataclass(frozen=True)
class Judged:
    """A series up to its last period. `before` is the same period a year earlier; `change` None without both numbers.

    `reached`: whether the last value meets the target, None where either is missing or no way is better.
    """

    measure: Definition
    group: str
    points: tuple[Point, ...]
    last: Reading
    suppressed: bool
    drawn: Chart
    verdict: Verdict
    before: Reading
    change: Change | None
    target: float | None
    reached: bool | None
    assurance: Assurance

    @property
    def value(self) -> float | None:
        """The last value."""
        return self.last.value


def judge(
    measure: Definition, points: Sequence[Point], until: str, *, group: str = "", own_target: float | None = None
) -> Judged:
    """Judges a series whose last period is `until`, whether or not that has a number. `own_target`: a board's own."""
    way, kind = readings.direction(measure), readings.kind(measure)
    series = readings.readings(points, until)
    last = series[-1] if series else Reading(until, None)
    earlier = periods.step(until, -periods.A_YEAR[periods.grain(until)])
    before = next((each for each in series if each.period == earlier), Reading(earlier, None))
    found = changes.change(before, last, kind, scale=measure.scale)
    drawn = charts.chart(series, kind, measure.scale)
    verdict = charts.verdict(drawn, way)
    if verdict.word is Word.TOO_LITTLE and found is not None:
        verdict = changes.judge(found, way)
    target = own_target if own_target is not None else scoring.target_at(measure.targets, periods.end(until))
    known = last.value is not None and target is not None
    return Judged(
        measure=measure,
        group=group,
        points=tuple(points),
        last=last,
        suppressed=any(point.period == until and point.suppressed for point in points),
        drawn=drawn,
        verdict=verdict,
        before=before,
        change=found,
        target=target,
        reached=readings.reaches(last.value, target, way) if known else None,  # pyright: ignore[reportArgumentType]
        assurance=charts.assurance(drawn, target, way),
    )
