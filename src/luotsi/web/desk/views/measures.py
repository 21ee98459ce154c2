"""The catalogue of measures, and the page of one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from luotsi.web.desk import choices, headlines, measures, notes, periods, pictures, readings, words
from luotsi.web.desk.filters import DIMENSIONS, Filters
from luotsi.web.desk.judging import Judged
from luotsi.web.desk.views.arriving import Here, missing, on_release, page
from luotsi.web.people.permissions import may, permitted
from luotsi.web.results import queries as results
from luotsi.web.results.queries import Definition
from luotsi.web.ui import formats

KEPT = 24 * 60 * 60
"""Seconds that a drawn part is kept; a release never changes, so this only bounds the memory."""

Said = Callable[[], dict[str, Any]]
"""What a part of the page is told, asked for only when it is drawn."""


@require_safe
@permitted("measure.read")
@on_release
def catalogue(request: HttpRequest, here: Here) -> HttpResponse:
    """Every measure with its latest value, by family; `q` searches, `family` narrows."""
    text, family = request.GET.get("q", "")[:100], request.GET.get("family", "")
    families = sorted({each.family for each in results.definitions(here.release).values()}, key=words.family)
    found = measures.search(here.release, text, family if family in families else "")
    every = headlines.judged(here.release, [each for _name, part in found for each in part], {})
    judged = {each.measure.measure: each for each in every}
    listed = [(name, [judged[each.measure] for each in part]) for name, part in found]
    return page(
        request,
        here,
        "measures",
        {
            "found": listed,
            "count": len(every),
            "text": text,
            "family": family,
            "families": [(name, words.family(name)) for name in families],
        },
    )


@require_safe
@permitted("measure.read")
@on_release
def measure(request: HttpRequest, here: Here, measure: str) -> HttpResponse:
    """One measure: chart, numbers, split, notes, definition and what it rests on."""
    found = results.definition(here.release, measure)
    if found is None:
        return missing(
            request,
            _("There is no such measure in this release"),
            _("It may have been renamed, or this release was made before it was defined."),
        )
    filters = _with_period(here.filters, request.GET.get("period", ""))
    judged = measures.series(here.release, found, filters)
    context = {
        "measure": found,
        "judged": judged,
        "filters": filters,
        "grains": [each for each in periods.GRAINS if each in found.periods],
        "grain": measures.grain_of(found, filters),
        "selects": choices.selects(here.release, filters, only=_words(found)),
        "scoped_to": words.group(here.release, readings.group(filters.codes)),
        "may_pin": may(here.user, "note.pin"),
        "pin_query": _pin_query(found, judged, filters),
        "split": _split(here, found, filters, request.GET.get("by", "")),
        "known": _known(here, found, filters, judged),
        **(_chart(here, judged, filters) if judged else {}),
    }
    return page(request, here, "measure", context)


def _with_period(filters: Filters, period: str) -> Filters:
    """The filters with the period of an address: it is the last one shown, and says how long periods are."""
    if not period:
        return filters
    if not periods.is_period(period):
        said = _("“%(text)s” is not a period, so time was not narrowed by it.") % {"text": period[:40]}
        return replace(filters, ignored=(*filters.ignored, said))
    return replace(filters, until=periods.last_month(period), grain=filters.grain or periods.grain(period))


def _pin_query(found: Definition, judged: Judged | None, filters: Filters) -> str:
    """The end of the address that pins a note here."""
    period = judged.last.period if judged else ""
    return Filters(unit=filters.unit, grain=periods.grain(period) if period else "").query(
        measure=found.measure, period=period
    )


def _words(found: Definition) -> frozenset[str]:
    """The filters that a measure can be narrowed by."""
    return frozenset(word for word, dimension in DIMENSIONS.items() if dimension in found.dimensions)


def _kept(name: str, found: Definition, here: Here, filters: Filters, *others: object, said: Said) -> SafeString:
    """A part of the page, drawn once for a release, measure, filters, language and whatever else it follows from."""
    plain = replace(filters, ignored=())
    parts = (name, here.release.pk, found.measure, formats.language(), plain.query(), *others)
    key = hashlib.sha256(repr(parts).encode()).hexdigest()
    drawn = cache.get(key)
    if drawn is None:
        context = {"measure": found, "filters": plain, "release": here.release, **said()}
        drawn = render_to_string(f"desk/parts/{name}.html", context)
        cache.set(key, drawn, KEPT)
    return mark_safe(drawn)


def _split(here: Here, found: Definition, filters: Filters, asked: str) -> SafeString:
    """The measure by a dimension: the one asked for, else the one a page opens with."""
    can = measures.splits(found, filters)
    by = asked if asked in can else measures.default_split(found, filters)
    if not by:
        return mark_safe("")

    def said() -> dict[str, Any]:
        return {
            "splits": [(each, words.dimension(each)) for each in can],
            "by": by,
            "split": measures.split(here.release, found, filters, by),
            "grain": measures.grain_of(found, filters),
        }

    return _kept("split", found, here, filters, by, said=said)


def _chart(here: Here, judged: Judged, filters: Filters) -> dict[str, Any]:
    """The chart for a wide and a narrow page, its numbers newest first, and the notes on it."""
    grain = periods.grain(judged.last.period)
    unit = readings.parts(judged.group).get("unit", "")
    followed = notes.follow(here.release, notes.standing(judged.measure.measure, unit))
    pins = notes.pins(followed, grain)
    points = {point.period: point for point in judged.points}
    marks = [mark for mark in judged.drawn.marks if periods.last_month(mark.period) >= filters.since]
    return {
        "chart": pictures.both(lambda size: pictures.line(judged, size=size, since=filters.since, notes=pins)),
        "numbers": [(mark, points.get(mark.period), words.signals(mark)) for mark in reversed(marks)],
        "notes": followed,
    }


def _known(here: Here, found: Definition, filters: Filters, judged: Judged | None) -> SafeString:
    """The definition, the worked example, the loads and the same number as of other releases."""
    known = [each.pk for each in results.releases()]

    def said() -> dict[str, Any]:
        loads = results.loads(here.release, found.measure)
        return {
            "judged": judged,
            "languages": [
                (code, found.label[code], found.definition[code], found.why[code]) for code, _name in settings.LANGUAGES
            ],
            "sources": measures.sources(loads),
            "loads": loads,
            "earlier": measures.earlier(here.release, judged) if judged else [],
            "boards": measures.boards_with(found.measure),
            "example": found.example,
            "tables": measures.example_tables(found.example or {}),
            "targets": found.targets,
        }

    return _kept("known", found, here, filters, known, said=said)
