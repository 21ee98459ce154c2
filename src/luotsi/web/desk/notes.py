"""Notes as pages show them: what was said, what the number was then, what it is now, and whether something changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from luotsi.web.desk import periods, pictures, readings, words
from luotsi.web.desk.boards import BoardView, TileView
from luotsi.web.desk.filters import Filters
from luotsi.web.desk.judging import Judged, judge
from luotsi.web.desk.models import Note
from luotsi.web.desk.pictures import Both
from luotsi.web.desk.words import Status
from luotsi.web.results import queries as results
from luotsi.web.results.models import Release
from luotsi.web.results.queries import Definition


@dataclass(frozen=True)
class Followed:
    """A note and what came after it. `now` is None where the shown release lacks the measure or its numbers.

    `mark` stands on the chart and in the list. `after`: the verdict now, if its signal began after the note's period;
    None while nothing newer than the note is published.
    """

    note: Note
    mark: str
    measure: Definition | None
    unit: str
    now: Judged | None
    after: Status | None

    @property
    def newer(self) -> bool:
        """Whether a period after the note's has a number."""
        return self.now is not None and self.now.value is not None and self.now.last.period > self.note.period

    @property
    def difference(self) -> float | None:
        """The value now less the value then."""
        if not self.newer or self.now is None or self.now.value is None or self.note.value is None:
            return None
        return self.now.value - self.note.value

    @property
    def met(self) -> bool | None:
        """For a target: whether the value now meets it."""
        if self.note.target is None or self.now is None or self.now.value is None or not self.newer:
            return None
        return readings.reaches(self.now.value, self.note.target, readings.direction(self.now.measure))


def standing(measure: str | None = None, unit: str | None = None) -> list[Note]:
    """The notes on the desk, newest first, of one measure or unit or all."""
    found = Note.objects.filter(removed_at=None).select_related("author")
    if measure is not None:
        found = found.filter(measure=measure)
    if unit is not None:
        found = found.filter(unit=unit)
    return list(found)


def follow(release: Release, found: Sequence[Note]) -> list[Followed]:
    """What came after each note: one statement for all of them."""
    keys = {_key(note) for note in found}
    series = results.many(release, keys)
    marks = {note.pk: str(place) for place, note in enumerate(reversed(found), 1)}
    return [_followed(release, note, marks[note.pk], series[_key(note)]) for note in found]


def _key(note: Note) -> results.Key:
    return note.measure, periods.grain(note.period), readings.group({"unit": note.unit} if note.unit else {})


def _followed(release: Release, note: Note, mark: str, points: Sequence[results.Point]) -> Followed:
    measure = results.definition(release, note.measure)
    unit = words.group(release, readings.group({"unit": note.unit} if note.unit else {}))
    if measure is None or not points:
        return Followed(note, mark, measure, unit, None, None)
    until = periods.last(release.last_month, periods.grain(note.period))
    now = judge(measure, points, until, group=_key(note)[2], own_target=note.target)
    since = now.verdict.since or until
    fresh = until > note.period and since > note.period
    return Followed(note, mark, measure, unit, now, words.verdict(now.verdict) if fresh else None)


def pins(found: Iterable[Followed], grain: periods.Grain) -> list[tuple[str, str]]:
    """The marks of notes on a chart of a grain, a period each; notes of one period share a pin."""
    shared: dict[str, list[str]] = {}
    for each in found:
        shared.setdefault(periods.of(periods.start(each.note.period), grain), []).append(each.mark)
    return [(period, ",".join(sorted(marks, key=int))) for period, marks in sorted(shared.items())]


@dataclass(frozen=True)
class DeckPage:
    """One page of a meeting: a tile, its large chart, the latest numbers and the notes."""

    tile: TileView
    chart: Both | None
    numbers: tuple[results.Point, ...]
    notes: tuple[Followed, ...]


ROWS = 13
"""The latest numbers on a page of the deck: a year and the same month of the year before."""


def deck(release: Release, view: BoardView, filters: Filters) -> list[DeckPage]:
    """The pages of a meeting, one for each tile of a board, with the notes of its measure and unit."""
    shown = {tile.judged.measure.measure for tile in view.tiles if tile.judged}
    found = follow(release, [note for note in standing() if note.measure in shown])
    return [_page(tile, found, filters) for tile in view.tiles]


def _page(tile: TileView, found: Sequence[Followed], filters: Filters) -> DeckPage:
    judged = tile.judged
    if judged is None:
        return DeckPage(tile, None, (), ())
    unit = tile.plan.codes.get("unit", "")
    own = tuple(each for each in found if (each.note.measure, each.note.unit) == (judged.measure.measure, unit))
    numbers = tuple(point for point in judged.points if point.period <= judged.last.period)[-ROWS:]
    draw = tile.draw
    if tile.plan.tile.chart == "line":
        draw = partial(pictures.line, judged, since=filters.since, notes=pins(own, tile.plan.grain))
    return DeckPage(tile, pictures.both(draw), tuple(reversed(numbers)), own)
