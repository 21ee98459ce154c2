"""The only way in which pages read releases: few SQL statements, plain frozen answers.

What of a release never changes and is small (definitions, labels) is kept in the process once read.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection

from luotsi.concepts.areas import Feature, features
from luotsi.concepts.reading import County
from luotsi.concepts.records import Board, Target
from luotsi.concepts.shipped import open_county
from luotsi.web.results import models
from luotsi.web.results.models import Current, Load, Release, Run

REMEMBERED = 12
"""How many releases' definitions and labels a process keeps; a few megabytes each."""

Key = tuple[str, str, str]
"""(measure, grain, group)"""


class NoRelease(LookupError):  # noqa: N818 - it says what is the case
    """No release of that name has been taken in."""


@dataclass(frozen=True, slots=True)
class Point:
    """One published number. `group` is '' for the total; a suppressed one has no numbers."""

    period: str
    group: str
    numerator: float | None
    denominator: float | None
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    suppressed: bool


@dataclass(frozen=True)
class Definition:
    """A measure as a release has it. Texts are {fi, sv, en}; `loads` are the numbers of the loads behind it."""

    measure: str
    version: int
    also: tuple[str, ...]
    label: Mapping[str, str]
    definition: Mapping[str, str]
    why: Mapping[str, str]
    owner: str
    source: str
    review: datetime.date
    status: str
    direction: str
    unit: str
    family: str
    headline: bool
    scale: float
    result: str
    counts: str
    periods: tuple[str, ...]
    dimensions: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    targets: tuple[Target, ...]
    examples: tuple[Mapping[str, Any], ...]
    sql: str
    loads: tuple[int, ...]
    digest: str
    record: Mapping[str, Any]

    @property
    def example(self) -> Mapping[str, Any] | None:
        """The first worked example."""
        return self.examples[0] if self.examples else None


@dataclass(frozen=True)
class Segments:
    """A segment list of a release; `rules` are its segments in order: (segment, {fi, sv, en})."""

    name: str
    label: Mapping[str, str]
    definition: Mapping[str, str]
    owner: str
    source: str
    status: str
    rules: tuple[tuple[str, Mapping[str, str]], ...]


@lru_cache(maxsize=1)
def _county() -> County:
    """The county's content, read once in the life of a process."""
    return open_county(settings.OVERLAY)


def boards() -> dict[str, Board]:
    """The boards of the county's content by name."""
    return _county().boards


@lru_cache(maxsize=1)
def areas() -> tuple[Feature, ...]:
    """The borders of the county's municipalities, GeoJSON features in metres on a plane, read once."""
    return features(_county(), "municipalities")


def current() -> Release | None:
    """The release that is shown, or None before the first."""
    pointer = Current.objects.select_related("release").first()
    return pointer.release if pointer else None


def release(name: str) -> Release:
    """The named release. Raises NoRelease."""
    found = Release.objects.filter(name=name).first()
    if found is None:
        raise NoRelease(name)
    return found


def releases() -> list[Release]:
    """All that are here, newest first."""
    return list(Release.objects.all())


def definitions(release: Release) -> dict[str, Definition]:
    """Every measure of a release by name, sorted by name."""
    return _definitions(release.pk)


def definition(release: Release, measure: str) -> Definition | None:
    """One measure of a release, by its name or another name, or None where the release lacks it."""
    known = _definitions(release.pk)
    return known.get(measure) or next((each for each in known.values() if measure in each.also), None)


def labels(release: Release, dimension: str) -> Mapping[str, Mapping[str, str]]:
    """The word for each code of a dimension, {fi, sv, en}; empty for one that the release does not know."""
    return _labels(release.pk).get(dimension, {})


def segments(release: Release) -> dict[str, Segments]:
    """The segment lists of a release by name."""
    return _segments(release.pk)


def series(release: Release, measure: str, *, grain: str, group: str = "") -> list[Point]:
    """The numbers of one group by period."""
    return many(release, [(measure, grain, group)])[measure, grain, group]


def many(release: Release, wanted: Iterable[Key]) -> dict[Key, list[Point]]:
    """Several series at once, one statement for a whole board: each by period, empty where there is none."""
    return _many(release, "measure", wanted)


def sizes(release: Release, segments: str, *, segment: str = "") -> list[Point]:
    """How many residents a segment holds at each month's end, or all of them."""
    group = f"segment={segment}" if segment else ""
    return _many(release, "segment", [(segments, "month", group)])[segments, "month", group]


def groups(release: Release, measure: str, *, period: str, dimensions: Sequence[str]) -> list[Point]:
    """The numbers of every group of some dimensions in one period, by group."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.period, s."group", r.numerator, r.denominator, r.value, r.low, r.high, r.n, r.suppressed
            FROM results_series s JOIN results_result r ON r.series_id = s.id AND r.period = %s
            WHERE s.release_id = %s AND s.kind = 'measure' AND s.name = %s AND s.grain = %s AND s.dimensions = %s
            ORDER BY s."group"
            """,
            [period, release.pk, measure, grain_of(period), ";".join(sorted(dimensions))],
        )
        return [Point(*row) for row in cursor.fetchall()]


def grain_of(period: str) -> str:
    """month, quarter or year of 2024-01, 2024-Q1 and 2024."""
    if len(period) == 4:
        return "year"
    return "quarter" if "Q" in period else "month"


def loads(release: Release, measure: str | None = None) -> list[Load]:
    """The extracts a release rests on, or one measure of it, in the order they were loaded."""
    rows = Load.objects.filter(release=release)
    if measure is not None:
        found = definition(release, measure)
        rows = rows.filter(number__in=found.loads if found else ())
    return list(rows)


def freshness(release: Release) -> dict[str, datetime.datetime]:
    """The time that the newest extract of each source speaks for."""
    newest: dict[str, datetime.datetime] = {}
    for source, at in Load.objects.filter(release=release).order_by("created_at").values_list("source", "created_at"):
        newest[source] = at
    return dict(sorted(newest.items()))


def runs(limit: int = 30) -> list[Run]:
    """The latest runs of jobs, newest first."""
    return list(Run.objects.select_related("release")[:limit])


def last_survey() -> Run | None:
    """The newest run that looked at how the sources stand, or None before the first."""
    return Run.objects.exclude(sources=None).first()


def last_check() -> Run | None:
    """The newest run that looked for faults of county content, or None before the first."""
    return Run.objects.exclude(faults=None).first()


def failure() -> Run | None:
    """The newest run that was to bring a release, where it failed: what is shown is then older than it should be."""
    last = Run.objects.exclude(ended_at=None).exclude(kind=Run.Kind.LOOK).first()
    return last if last is not None and last.error else None


def _many(release: Release, kind: str, wanted: Iterable[Key]) -> dict[Key, list[Point]]:
    found: dict[Key, list[Point]] = {each: [] for each in wanted}
    if not found:
        return found
    names, grains, texts = zip(*found, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.name, s.grain,
                   r.period, s."group", r.numerator, r.denominator, r.value, r.low, r.high, r.n, r.suppressed
            FROM unnest(%s::text[], %s::text[], %s::text[]) AS w(name, grain, "group")
            JOIN results_series s
              ON s.release_id = %s AND s.kind = %s AND s.name = w.name AND s.grain = w.grain AND s."group" = w."group"
            JOIN results_result r ON r.series_id = s.id
            ORDER BY r.series_id, r.period
            """,
            [list(names), list(grains), list(texts), release.pk, kind],
        )
        for name, grain, *row in cursor.fetchall():
            found[name, grain, row[1]].append(Point(*row))
    return found


@lru_cache(maxsize=REMEMBERED)
def _definitions(release: int) -> dict[str, Definition]:
    rows = models.Definition.objects.filter(release_id=release).order_by("measure")
    return {each.measure: _definition(each) for each in rows}


def _definition(row: models.Definition) -> Definition:
    said = row.record
    taken = ("measure", "version", "label", "definition", "why", "owner", "source", "status", "direction", "unit")
    taken = (*taken, "family", "headline", "result", "counts")
    return Definition(
        **{name: said[name] for name in taken},
        also=tuple(said["also"]),
        review=datetime.date.fromisoformat(said["review"]),
        scale=float(said["scale"]),
        periods=tuple(said["periods"]),
        dimensions=tuple(said["dimensions"]),
        pairs=tuple((one, other) for one, other in said["pairs"]),
        targets=tuple(Target.model_validate(each) for each in said["target"]),
        examples=tuple(said["examples"]),
        sql=row.sql,
        loads=tuple(row.loads),
        digest=row.digest,
        record=said,
    )


@lru_cache(maxsize=REMEMBERED)
def _labels(release: int) -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = {}
    rows = models.Label.objects.filter(release_id=release).order_by("dimension", "code")
    for dimension, code, fi, sv, en in rows.values_list("dimension", "code", "fi", "sv", "en"):
        found.setdefault(dimension, {})[code] = {"fi": fi, "sv": sv, "en": en}
    return found


@lru_cache(maxsize=REMEMBERED)
def _segments(release: int) -> dict[str, Segments]:
    rows = models.SegmentList.objects.filter(release_id=release).order_by("name")
    taken = ("label", "definition", "owner", "source", "status")
    return {
        each.name: Segments(
            name=each.name,
            **{name: each.record[name] for name in taken},
            rules=tuple((rule["segment"], rule["label"]) for rule in each.record["rules"]),
        )
        for each in rows
    }
