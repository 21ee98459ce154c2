"""The tiles of a board as a page shows them: two statements to the database, whatever the number of tiles.

What a board is stands in county content; how a series is judged in `judging`. No request here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from luotsi.concepts import records
from luotsi.web.desk import periods, pictures, readings, scoring, words
from luotsi.web.desk.filters import DIMENSIONS, Filters
from luotsi.web.desk.judging import Judged, judge
from luotsi.web.results import across
from luotsi.web.results import queries as results
from luotsi.web.results.across import Groups, Wanted
from luotsi.web.results.models import Release
from luotsi.web.results.queries import Definition, Key, Point
from luotsi.web.ui.charts import Size, Spec

ROWS, LINES = 8, 5
"""Groups that a tile has room for in a chart and in a table; the measure's page has them all."""


@dataclass(frozen=True)
class Plan:
    """What one tile asks of results. `key` and `others` are None where the release cannot give it: `why` says so."""

    tile: records.Tile
    measure: Definition | None
    grain: periods.Grain
    codes: Mapping[str, str]
    key: Key | None
    others: Wanted | None
    why: str = ""


@dataclass(frozen=True)
class Row:
    """A group in a tile's table: its words, its latest value and its course."""

    label: str
    point: Point
    course: tuple[float | None, ...]


@dataclass(frozen=True)
class TileView:
    """One tile as a template shows it. `missing`: why there is no value, "" where there is one."""

    plan: Plan
    title: str
    missing: str
    judged: Judged | None = None
    rows: tuple[Row, ...] = ()
    draw: Callable[[Size], Spec | None] = lambda size: None

    @property
    def spec(self) -> Spec | None:
        """Its chart on the board."""
        return self.draw("tile")

    @property
    def note(self) -> str:
        """What a reader should know of the tile."""
        return words.said(self.plan.tile.note.model_dump()) if self.plan.tile.note else ""

    @property
    def size(self) -> str:
        """How wide it stands on the board."""
        wide = self.plan.tile.size == "wide"
        return "double" if wide else ""

    @property
    def query(self) -> dict[str, str]:
        """What the address of its measure carries besides the filters."""
        own = {word: self.plan.codes.get(dimension, "") for word, dimension in DIMENSIONS.items()}
        return {**own, "grain": self.plan.grain, "by": self.plan.tile.by or ""}


@dataclass(frozen=True)
class BoardView:
    """A board with its tiles and total score; `total` is None for a board without scoring."""

    board: records.Board
    tiles: tuple[TileView, ...]
    total: scoring.Total | None


def view(release: Release, board: records.Board, filters: Filters) -> BoardView:
    """A board of a release, narrowed by filters."""
    plans = [plan(release, tile, filters) for tile in board.tiles]
    series = results.many(release, {each.key for each in plans if each.key})
    groups = across.across(release, {each.others for each in plans if each.others})
    tiles = tuple(_tile(release, each, series, groups, filters) for each in plans)
    return BoardView(board, tiles, _total(tiles) if board.scoring else None)


def plan(release: Release, tile: records.Tile, filters: Filters) -> Plan:
    """What a tile asks for, or why it cannot be had."""
    measure = results.definition(release, tile.measure)
    wanted = periods.named(filters.grain)
    grain = wanted if wanted and measure and wanted in measure.periods else tile.grain
    codes = {**tile.group, **filters.codes}
    if measure is None:
        return Plan(tile, None, grain, codes, None, None, _("This release has no such measure."))
    if grain not in measure.periods:
        return Plan(tile, measure, grain, codes, None, None, _("This release has no such periods of the measure."))
    if not readings.published(measure, frozenset(codes)):
        names = ", ".join(words.dimension(name).lower() for name in codes)
        return Plan(tile, measure, grain, codes, None, None, _("Not told by %(names)s") % {"names": names})
    group = readings.group(codes)
    others = None
    if tile.by and tile.by not in codes and readings.published(measure, frozenset({*codes, tile.by})):
        others = (measure.measure, grain, ";".join(sorted({*codes, tile.by})), group)
    return Plan(tile, measure, grain, codes, (measure.measure, grain, group), others)


def last_period(release: Release, grain: periods.Grain, filters: Filters) -> str:
    """The latest whole period within the release and the filter of time."""
    return periods.last(min(release.last_month, filters.until or release.last_month), grain)


def _tile(
    release: Release,
    asked: Plan,
    series: Mapping[Key, Sequence[Point]],
    groups: Mapping[Wanted, Groups],
    filters: Filters,
) -> TileView:
    if asked.measure is None or asked.key is None:
        title = words.said(asked.measure.label) if asked.measure else asked.tile.measure
        return TileView(asked, title, asked.why)
    until = last_period(release, asked.grain, filters)
    own = float(asked.tile.target) if asked.tile.target is not None else None
    judged = judge(asked.measure, series[asked.key], until, group=asked.key[2], own_target=own)
    others = groups[asked.others] if asked.others else {}
    title, missing = words.said(asked.measure.label), words.missing(judged)
    if asked.tile.chart == "table":
        return TileView(asked, title, missing, judged, rows=table(release, asked.tile.by or "", others, until))
    return TileView(
        asked, title, missing, judged, draw=lambda size: _spec(release, asked, judged, others, filters, size)
    )


def table(release: Release, by: str, others: Groups, until: str, room: int = LINES) -> tuple[Row, ...]:
    """The groups with their latest value and their course, as they are read; none where none has a number."""
    latest = pictures.ordered([at(points, group, until) for group, points in others.items()], by)
    if not _tells(latest):
        return ()
    return tuple(
        Row(
            words.code(release, by, readings.parts(point.group).get(by, "")),
            point,
            tuple(each.value for each in others[point.group] if each.period <= until),
        )
        for point in latest[:room]
    )


def at(points: Sequence[Point], group: str, period: str) -> Point:
    """A group's point of a period; an empty one where it has none."""
    found = next((point for point in points if point.period == period), None)
    return found or Point(period, group, None, None, None, None, None, None, False)


def _tells(points: Sequence[Point]) -> bool:
    """Whether any group has a number, or one that is hidden to protect people."""
    return any(point.value is not None or point.suppressed for point in points)


def _spec(release: Release, asked: Plan, judged: Judged, others: Groups, filters: Filters, size: Size) -> Spec | None:
    measure, tile = judged.measure, asked.tile
    if tile.chart == "line":
        return pictures.line(judged, size=size, since=filters.since)
    if tile.chart == "total" or tile.by is None or not others:
        return None
    until = judged.last.period
    latest = [at(points, group, until) for group, points in others.items()]
    if not _tells(latest):
        return None
    if tile.chart == "multiples":
        some = {group: judge(measure, points, until, group=group) for group, points in list(others.items())[:ROWS]}
        return pictures.multiples(release, measure, some, tile.by, size=size, since=filters.since)
    if tile.chart == "map":
        return pictures.choropleth(measure, results.areas(), latest, size=size)
    drawn = None
    if tile.chart == "funnel":
        drawn = pictures.funnel_plot(release, measure, latest, tile.by, size=size, target=judged.target)
    shown = pictures.ordered(latest, tile.by)[:ROWS]
    return drawn or pictures.bars(release, measure, shown, tile.by, size=size, target=judged.target)


def _total(tiles: Sequence[TileView]) -> scoring.Total:
    return scoring.total(
        scoring.points(
            tile.plan.tile.score,
            tile.judged.value if tile.judged else None,
            tile.judged.target if tile.judged else None,
        )
        for tile in tiles
        if tile.plan.tile.score
    )
