"""What has changed, over all headline measures at once: what the start page tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from luotsi.web.desk import periods, readings
from luotsi.web.desk.judging import Judged, judge
from luotsi.web.desk.signals.charts import Word
from luotsi.web.results import queries as results
from luotsi.web.results.models import Release
from luotsi.web.results.queries import Definition

COURSE = 24
"""How many periods of a measure's course stand beside its words."""


@dataclass(frozen=True)
class News:
    """The headline measures by what their latest value says."""

    worse: tuple[Judged, ...]
    better: tuple[Judged, ...]
    changed: tuple[Judged, ...]
    quiet: tuple[Judged, ...]
    unknown: tuple[Judged, ...]

    @property
    def loud(self) -> int:
        """How many have a signal."""
        return len(self.worse) + len(self.better) + len(self.changed)


def news(release: Release, codes: dict[str, str] | None = None) -> News:
    """Judges every headline measure of a release, of one group or the whole county, in one statement."""
    chosen = dict(codes or {})
    return sort(judged(release, [each for each in results.definitions(release).values() if each.headline], chosen))


def judged(release: Release, measures: Sequence[Definition], codes: dict[str, str]) -> list[Judged]:
    """Measures judged at their finest grain; those not published by the group's dimensions are left out."""
    group = readings.group(codes)
    told = [each for each in measures if readings.published(each, frozenset(codes))]
    keys = {each.measure: (each.measure, finest(each), group) for each in told}
    series = results.many(release, keys.values())
    return [
        judge(each, series[keys[each.measure]], periods.last(release.last_month, finest(each)), group=group)
        for each in told
    ]


def finest(measure: Definition) -> periods.Grain:
    """The shortest periods a measure has."""
    return next(grain for grain in periods.GRAINS if grain in measure.periods)


def sort(found: Sequence[Judged]) -> News:
    """Measures by the word of their verdict."""

    def of(*wanted: Word) -> tuple[Judged, ...]:
        return tuple(each for each in found if each.verdict.word in wanted)

    return News(
        worse=of(Word.WORSE),
        better=of(Word.BETTER),
        changed=of(Word.CHANGED),
        quiet=of(Word.NO_SIGNAL),
        unknown=of(Word.TOO_LITTLE, Word.MISSING),
    )
