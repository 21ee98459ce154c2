"""The headline measures of a release as a small table: the last whole year beside the one before and the target."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from luotsi.concepts.records import Measure, Target
from luotsi.engine.release import Release
from luotsi.engine.release.periods import grain_of


@dataclass(frozen=True)
class Headline:
    """One measure's total in the last period of its coarsest grain, and in the one before."""

    measure: Measure
    period: str
    value: float | None
    suppressed: bool
    before: float | None
    target: Target | None


def headlines(release: Release) -> list[Headline]:
    """The headline measures of a release that have a result, by family and name."""
    definitions = [Measure.model_validate(each["record"]) for each in release.manifest["definitions"].values()]
    chosen = sorted((each for each in definitions if each.headline), key=lambda each: (each.family, each.measure))
    return [found for found in (_headline(release, each) for each in chosen) if found is not None]


def _headline(release: Release, measure: Measure) -> Headline | None:
    grain = next(each for each in ("year", "quarter", "month") if each in measure.periods)
    rows = [
        row
        for row in release.results("measure", measure.measure).to_pylist()
        if row["group"] == "" and grain_of(row["period"]) == grain
    ]
    if not rows:
        return None
    last = max(rows, key=lambda row: row["period"])
    before = max((row for row in rows if row is not last), key=lambda row: row["period"], default=None)
    end = datetime.date(int(last["period"][:4]), 12, 31)
    return Headline(
        measure,
        last["period"],
        last["value"],
        last["suppressed"],
        before["value"] if before else None,
        target_at(measure, end),
    )


def target_at(measure: Measure, day: datetime.date) -> Target | None:
    """The target of a measure that holds on a day."""
    holding = [each for each in measure.target if each.holds(day)]
    return holding[-1] if holding else None
