"""What a reader can choose on a page: the filter bar's selects, and the unit or service a board is of."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from luotsi.concepts import records
from luotsi.web.desk import filters as choosing
from luotsi.web.desk import readings
from luotsi.web.desk.filters import DIMENSIONS, Filters
from luotsi.web.people.models import User
from luotsi.web.results import across
from luotsi.web.results import queries as results
from luotsi.web.results.models import Release


@dataclass(frozen=True)
class Select:
    """One select of the filter bar."""

    name: str
    label: str
    options: list[tuple[str, str]]
    selected: str
    empty: str


def selects(release: Release, filters: Filters, *, only: frozenset[str] = frozenset(DIMENSIONS)) -> list[Select]:
    """Area, service, unit, segment, and the time from and to."""
    labels = {
        "area": (_("Area"), _("All areas")),
        "service": (_("Service"), _("All services")),
        "unit": (_("Unit"), _("All units")),
        "segment": (_("Segment"), _("All segments")),
    }
    found = [
        Select(word, label, choosing.options(release, word), getattr(filters, word), every)
        for word, (label, every) in labels.items()
        if word in only or getattr(filters, word)
    ]
    months = choosing.months(release)
    found.append(Select("from", _("From"), months, filters.since, _("The beginning")))
    found.append(Select("to", _("To"), months, filters.until, _("The latest")))
    return found


def places(release: Release, user: User, board: records.Board) -> list[tuple[str, str, bool]]:
    """The units or services that have numbers on a board: (code, words, whether the reader leads it), own first."""
    own = {unit for _role, unit in user.held if unit}
    known = _told(release, board)
    found = [(code, text, code in own) for code, text in choosing.options(release, board.scope) if code in known]
    return sorted(found, key=lambda place: not place[2])


def _told(release: Release, board: records.Board) -> frozenset[str]:
    """The codes of a board's scope for which its line tiles have numbers."""
    dimension = DIMENSIONS[board.scope]
    wanted = {
        (tile.measure, tile.grain, dimension, "")
        for tile in board.tiles
        if (measure := results.definition(release, tile.measure))
        and readings.published(measure, frozenset({dimension}))
    }
    codes = (
        {readings.parts(group)[dimension] for group, points in groups.items() if any(not p.suppressed for p in points)}
        for groups in across.across(release, wanted).values()
    )
    return frozenset().union(*codes)
