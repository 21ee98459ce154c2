"""What an export holds, whatever it is written as: tables of cells, pictures, definitions, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from luotsi.web.desk import periods, readings, words
from luotsi.web.desk.boards import BoardView, TileView
from luotsi.web.desk.comparing import Pair
from luotsi.web.desk.filters import Filters
from luotsi.web.desk.judging import Judged
from luotsi.web.desk.measures import Split
from luotsi.web.results import across
from luotsi.web.results.models import Release
from luotsi.web.results.queries import Definition, Point
from luotsi.web.ui import formats
from luotsi.web.ui.charts import Spec


@dataclass(frozen=True)
class Number:
    """A number of a cell and the unit it is written in; None is one that is missing or hidden.

    `change`: it is a difference, written with its sign.
    """

    value: float | None
    unit: str = "count"
    change: bool = False


Cell = str | Number


@dataclass(frozen=True)
class Table:
    """A titled table. `printed`: whether it is short enough for paper."""

    title: str
    heading: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    printed: bool = True


@dataclass(frozen=True)
class Export:
    """What a file holds. `facts`: what its numbers are of and rest on, (name, words). The last table is the longest."""

    name: str
    title: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    pictures: tuple[tuple[str, Spec], ...]
    definitions: tuple[Definition, ...]


def of_board(release: Release, view: BoardView, filters: Filters) -> Export:
    """A board: its tiles as a table, their charts, and every number behind them."""
    shown = [tile for tile in view.tiles if tile.judged]
    others = across.across(release, {tile.plan.others for tile in shown if tile.plan.others})
    rows: list[tuple[Cell, ...]] = []
    for tile in shown:
        assert tile.judged is not None
        rows += _lines(release, tile.judged, filters)
        if tile.plan.others:
            until = tile.judged.last.period
            points = (point for each in others[tile.plan.others].values() for point in each if point.period == until)
            rows += [_line(release, tile.judged.measure, point) for point in points]
    total = view.total
    facts = _facts(release, filters)
    if total is not None:
        score = formats.number(total.score, 0) if total.score is not None else _("too little is known")
        rests = _("%(score)s, from %(known)s of %(of)s tiles") % {"score": score, "known": total.known, "of": total.of}
        facts = ((_("Total score, 0 to 100"), rests), *facts)
    return Export(
        view.board.board,
        words.said(view.board.label.model_dump()),
        words.said(view.board.question.model_dump()),
        facts,
        (_now(release, view.tiles), Table(_("Numbers"), _heading(), tuple(dict.fromkeys(rows)), printed=False)),
        tuple((_caption(tile), spec) for tile in shown if (spec := tile.draw("wide"))),
        _once(tile.judged.measure for tile in shown if tile.judged),
    )


def of_measure(release: Release, judged: Judged, split: Split | None, line: Spec | None, filters: Filters) -> Export:
    """A measure: its series, its groups in the latest period, and its charts."""
    measure = judged.measure
    title = words.said(measure.label)
    pictures = [(title, line)] if line is not None else []
    rows = _lines(release, judged, filters)
    tables = [_series(rows), Table(_("Numbers"), _heading(), tuple(rows), printed=False)]
    if split is not None:
        by = words.dimension(split.by)
        tables.insert(0, _groups(measure, split))
        drawn = (split.map, split.funnel or split.bars)
        pictures += [(f"{title}: {by}", each.wide) for each in drawn if each]
    return Export(
        measure.measure,
        title,
        words.said(measure.definition),
        _facts(release, filters),
        tuple(tables),
        tuple(pictures),
        (measure,),
    )


def of_comparison(
    release: Release, pairs: Sequence[Pair], before: str, after: str, order: str, filters: Filters
) -> Export:
    """Two periods over many measures, in the order of the page. It has no pictures."""
    heading = (
        *(_("Measure"), _("Subject"), periods.label(before), periods.label(after)),
        *(_("Change"), _("Of the value before"), _("Margin from"), _("Margin to"), _("What it says")),
    )
    title = _("%(before)s and %(after)s") % {"before": periods.label(before), "after": periods.label(after)}
    return Export(
        f"compare-{before}-{after}",
        title,
        order,
        _facts(release, filters),
        (Table(title, heading, tuple(_pair(pair) for pair in pairs)),),
        (),
        _once(pair.measure for pair in pairs),
    )


def _pair(pair: Pair) -> tuple[Cell, ...]:
    unit, change = pair.measure.unit, pair.change
    title, family = words.said(pair.measure.label), words.family(pair.measure.family)
    if change is None:
        why = _("hidden: few people") if pair.hidden else _("no number in one of the periods")
        return (title, family, *(Number(None),) * 6, why)
    numbers = (Number(change.before, unit), Number(change.after, unit), Number(change.difference, unit, change=True))
    margin = (Number(change.low, unit, change=True), Number(change.high, unit, change=True))
    return title, family, *numbers, Number(change.relative, "share"), *margin, words.verdict(pair.verdict)[1]


def _caption(tile: TileView) -> str:
    """The title of a tile's chart, with what it compares."""
    by = tile.plan.tile.by
    return f"{tile.title}: {words.dimension(by)}" if by else tile.title


def _now(release: Release, tiles: Sequence[TileView]) -> Table:
    """The tiles of a board as a table."""
    heading = (
        *(_("Measure"), _("Group"), _("Period"), _("Value"), _("Target")),
        *(_("Change from a year earlier"), _("What it says")),
    )
    return Table(_("The board"), heading, tuple(dict.fromkeys(_tile(release, tile) for tile in tiles)))


def _tile(release: Release, tile: TileView) -> tuple[Cell, ...]:
    found = tile.judged
    if found is None:
        return tile.title, "", "", *(Number(None),) * 3, tile.missing
    unit = found.measure.unit
    said = [tile.missing or words.verdict(found.verdict)[1]]
    status = words.target(found)
    change = Number(found.change.difference if found.change else None, unit, change=True)
    group, period = words.group(release, found.group), periods.label(found.last.period)
    value = (Number(found.value, unit), Number(found.target, unit), change)
    return tile.title, group, period, *value, ", ".join([*said, *([status[1]] if status else [])])


def _series(rows: Sequence[tuple[Cell, ...]]) -> Table:
    """The numbers of one group for paper: newest first, without what every row says."""
    said = ((periods.label(str(row[3])), *row[4:]) for row in reversed(rows))
    return Table(_("Over time"), _heading()[3:], tuple(said))


def _groups(measure: Definition, split: Split) -> Table:
    title = f"{words.dimension(split.by)}, {periods.label(split.period)}"
    heading = (words.dimension(split.by), _("Value"), _("Change from a year earlier"), _("Number counted"), _("Hidden"))
    rows = (
        (
            line.label,
            Number(line.point.value, measure.unit),
            Number(line.change, measure.unit, change=True),
            Number(line.point.n),
            _hidden(line.point),
        )
        for line in (*split.lines, *split.untold)
    )
    return Table(title, heading, tuple(rows))


def _heading() -> tuple[str, ...]:
    """The columns of every number of a measure."""
    return (
        *(_("Name"), _("Measure"), _("Group"), _("Period"), _("Value"), _("Interval from"), _("Interval to")),
        *(_("Numerator"), _("Denominator"), _("Number counted"), _("Hidden")),
    )


def _lines(release: Release, judged: Judged, filters: Filters) -> list[tuple[Cell, ...]]:
    """The points of a series within the filter of time."""
    until = judged.last.period
    within = [
        each for each in judged.points if each.period <= until and periods.last_month(each.period) >= filters.since
    ]
    return [_line(release, judged.measure, each) for each in within]


def _line(release: Release, measure: Definition, point: Point) -> tuple[Cell, ...]:
    told = (point.value, point.low, point.high)
    counted = (point.numerator, point.denominator, point.n)
    return (
        *(measure.measure, words.said(measure.label), words.group(release, point.group), point.period),
        *(Number(each, measure.unit) for each in told),
        *(Number(each, "count" if each is None or each == int(each) else "number") for each in counted),
        _hidden(point),
    )


def _hidden(point: Point) -> str:
    return _("hidden: few people") if point.suppressed else ""


def _once(measures: Iterable[Definition]) -> tuple[Definition, ...]:
    """Each definition once, in the order they come."""
    return tuple({each.measure: each for each in measures}.values())


def _facts(release: Release, filters: Filters) -> tuple[tuple[str, str], ...]:
    """What the numbers are of, and the release they come from."""
    time = f"{periods.label(release.first_month)} – {periods.label(release.last_month)}"
    return (
        (_("Narrowed to"), words.group(release, readings.group(filters.codes))),
        (_("Release"), release.name),
        (_("Made"), formats.moment(release.created_at)),
        (_("Months"), time),
        (_("Small numbers"), _("Counts of people below %(small)s are hidden.") % {"small": release.small}),
        (_("Taken out"), formats.moment(timezone.now())),
    )
