"""One measure as its page shows it: the series, its split by a dimension, and what the number rests on."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from luotsi.concepts.records import Board
from luotsi.web.desk import boards, headlines, periods, pictures, readings, words
from luotsi.web.desk.filters import DIMENSIONS, Filters
from luotsi.web.desk.judging import Judged, judge
from luotsi.web.desk.pictures import Both
from luotsi.web.results import across
from luotsi.web.results import queries as results
from luotsi.web.results.across import Groups
from luotsi.web.results.models import Load, Release
from luotsi.web.results.queries import Definition, Point
from luotsi.web.ui.charts import Judgement, Size, Spec

FIRST = ("unit", "municipality", "service")
"""The dimensions a page opens with, the first that the measure has."""
BARS = 20
PANELS: dict[Size, int] = {"wide": 12, "narrow": 6}
"""How many groups a bar chart and small multiples have room for; the table beside has them all."""
EARLIER = 5
"""How many releases the same number is shown as of."""


@dataclass(frozen=True)
class Line:
    """A group in the table of a split. `words` in the address narrow the page to it, "" where that cannot be."""

    label: str
    point: Point
    course: tuple[float | None, ...]
    outside: Judgement
    change: float | None
    narrows: str
    code: str


@dataclass(frozen=True)
class Split:
    """A measure by one dimension in one period, with the pictures that fit it. `untold`: groups without a number."""

    by: str
    period: str
    lines: tuple[Line, ...]
    untold: tuple[Line, ...]
    bars: Both | None
    funnel: Both | None
    multiples: Both | None
    map: Both | None

    @property
    def hidden(self) -> int:
        """How many groups are hidden because few people are in them."""
        return sum(line.point.suppressed for line in self.untold)


def grain_of(measure: Definition, filters: Filters) -> periods.Grain:
    """The periods a page shows: those asked for, else the shortest the measure has."""
    wanted = periods.named(filters.grain)
    return wanted if wanted and wanted in measure.periods else headlines.finest(measure)


def series(release: Release, measure: Definition, filters: Filters) -> Judged | None:
    """The series of the chosen group; None where the measure is not published by it."""
    if not readings.published(measure, frozenset(filters.codes)):
        return None
    grain, group = grain_of(measure, filters), readings.group(filters.codes)
    points = results.series(release, measure.measure, grain=grain, group=group)
    return judge(measure, points, boards.last_period(release, grain, filters), group=group)


def splits(measure: Definition, filters: Filters) -> list[str]:
    """The dimensions a measure can be split by within the chosen group."""
    codes = frozenset(filters.codes)
    return [each for each in measure.dimensions if each not in codes and readings.published(measure, codes | {each})]


def default_split(measure: Definition, filters: Filters) -> str:
    """The dimension a page opens with; "" where there is none."""
    can = splits(measure, filters)
    return next((each for each in FIRST if each in can), can[0] if can else "")


def split(release: Release, measure: Definition, filters: Filters, by: str) -> Split:
    """A measure by one dimension within the chosen group."""
    grain, codes = grain_of(measure, filters), filters.codes
    wanted = (measure.measure, grain, ";".join(sorted({*codes, by})), readings.group(codes))
    groups = across.across(release, [wanted])[wanted]
    until = boards.last_period(release, grain, filters)
    latest = pictures.ordered([boards.at(points, group, until) for group, points in groups.items()], by)
    told = [point for point in latest if point.value is not None]
    outside = pictures.outside(measure, latest)
    mapped = by == "municipality" and told
    return Split(
        by,
        until,
        tuple(_line(release, by, groups, point, outside.get(point.group, ""), until) for point in told),
        tuple(_line(release, by, groups, point, "", until) for point in latest if point.value is None),
        pictures.both(lambda size: pictures.bars(release, measure, latest[:BARS], by, size=size)) if told else None,
        pictures.both(lambda size: pictures.funnel_plot(release, measure, latest, by, size=size)),
        _multiples(release, measure, groups, told, filters, by, until),
        pictures.both(lambda size: pictures.choropleth(measure, results.areas(), latest, size=size))
        if mapped
        else None,
    )


def _line(release: Release, by: str, groups: Groups, point: Point, outside: Judgement, until: str) -> Line:
    code = readings.parts(point.group).get(by, "")
    before = boards.at(groups[point.group], point.group, periods.step(until, -periods.A_YEAR[periods.grain(until)]))
    return Line(
        words.code(release, by, code),
        point,
        tuple(each.value for each in groups[point.group] if each.period <= until),
        outside,
        point.value - before.value if point.value is not None and before.value is not None else None,
        next((word for word, dimension in DIMENSIONS.items() if dimension == by and code != "unknown"), ""),
        code,
    )


def _multiples(
    release: Release, measure: Definition, groups: Groups, told: Sequence[Point], filters: Filters, by: str, until: str
) -> Both | None:
    if by not in ("municipality", "unit", "service", "service_package") or len(told) < 2:
        return None
    largest = sorted(told, key=lambda point: -(point.n or 0))[: max(PANELS.values())]
    shown = {point.group: judge(measure, groups[point.group], until, group=point.group) for point in largest}

    def drawn(size: Size) -> Spec:
        some = dict(islice(shown.items(), PANELS[size]))
        return pictures.multiples(release, measure, some, by, size=size, since=filters.since)

    return pictures.both(drawn)


@dataclass(frozen=True)
class SourceLine:
    """The extracts of one source behind a number. `whole`: share of rows that could be read; None where not told."""

    source: str
    extracts: int
    rows: int
    quarantined: int | None
    newest: datetime.datetime
    loaded: datetime.datetime

    @property
    def whole(self) -> float | None:
        """The share of the rows sent that could be read."""
        sent = self.rows + (self.quarantined or 0)
        return self.rows / sent if sent and self.quarantined is not None else None


def sources(loads: Iterable[Load]) -> list[SourceLine]:
    """The loads of a measure by source."""
    by_source: dict[str, list[Load]] = {}
    for load in loads:
        by_source.setdefault(load.source, []).append(load)
    return [_source(name, found) for name, found in sorted(by_source.items())]


def _source(name: str, loads: Sequence[Load]) -> SourceLine:
    told = [load.quarantined for load in loads if load.quarantined is not None]
    return SourceLine(
        name,
        len(loads),
        sum(load.rows for load in loads),
        sum(told) if told else None,
        max(load.created_at for load in loads),
        max(load.loaded_at for load in loads),
    )


def earlier(release: Release, found: Judged) -> list[tuple[Release, Point | None, int | None]]:
    """The shown number as of each release, newest first: (release, point, version of the definition)."""
    answers: list[tuple[Release, Point | None, int | None]] = []
    for each in results.releases()[:EARLIER]:
        definition = results.definition(each, found.measure.measure)
        points = results.series(each, found.measure.measure, grain=periods.grain(found.last.period), group=found.group)
        point = next((point for point in points if point.period == found.last.period), None)
        answers.append((each, point, definition.version if definition else None))
    return answers if len(answers) > 1 else []


def boards_with(measure: str) -> list[tuple[Board, str, str]]:
    """The boards that show a measure, from strategic to operational, with their words: the way down and up."""
    order = ("strategic", "tactical", "operational")
    found = [each for each in results.boards().values() if any(tile.measure == measure for tile in each.tiles)]
    said = [(each, words.said(each.label.model_dump()), words.level(each.level)) for each in found]
    return sorted(said, key=lambda each: order.index(each[0].level))


def example_tables(example: Mapping[str, object]) -> list[tuple[str, list[str], list[list[str]]]]:
    """The tables of a worked example: (relation, heading, rows)."""
    given = example.get("given")
    if not isinstance(given, Mapping):
        return []
    found: list[tuple[str, list[str], list[list[str]]]] = []
    for relation, text in given.items():  # pyright: ignore[reportUnknownVariableType]
        lines = [[cell.strip() for cell in line.split("|")] for line in str(text).splitlines() if line.strip()]  # pyright: ignore[reportUnknownArgumentType]
        if lines:
            found.append((str(relation), lines[0], lines[1:]))  # pyright: ignore[reportUnknownArgumentType]
    return found


def search(release: Release, text: str, family: str = "") -> list[tuple[str, list[Definition]]]:
    """Measures whose name, label or definition holds every word of a text, by family; all for an empty text."""
    wanted = text.casefold().split()
    found: dict[str, list[Definition]] = {}
    for each in results.definitions(release).values():
        where = " ".join(
            (each.measure, *each.also, each.family, *each.label.values(), *each.definition.values(), each.owner)
        ).casefold()
        if all(word in where for word in wanted) and family in ("", each.family):
            found.setdefault(each.family, []).append(each)
    listed = [(name, sorted(each, key=lambda one: words.said(one.label))) for name, each in found.items()]
    return sorted(listed, key=lambda pair: words.family(pair[0]))
