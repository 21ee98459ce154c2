"""The same addresses as a file: /boards/<board>/export.pdf, and so on, with the filters of the page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from luotsi.web.desk import boards, comparing, exports, measures, periods, pictures, words
from luotsi.web.desk.exports import Export
from luotsi.web.desk.views.arriving import Here, missing, on_release
from luotsi.web.people.permissions import permitted
from luotsi.web.results import queries as results
from luotsi.web.ui import charts

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS: dict[str, tuple[str, Callable[[Export], bytes]]] = {
    "pdf": ("application/pdf", exports.pdf),
    "xlsx": (SHEET, exports.xlsx),
    "csv": ("text/csv; charset=utf-8", exports.csv),
}


@require_safe
@permitted("board.read")
@on_release
def board(request: HttpRequest, here: Here, board: str, form: str) -> HttpResponse:
    """A board as a file; its page where the reader has to choose a unit or a service first."""
    found = results.boards().get(board)
    if found is None:
        return _nothing(request)
    if found.scope != "county" and not getattr(here.filters, found.scope):
        return redirect(reverse("board", args=[board]) + here.filters.query())
    view = boards.view(here.release, found, here.filters)
    return _file(request, here, exports.of_board(here.release, view, here.filters), form)


@require_safe
@permitted("measure.read")
@on_release
def measure(request: HttpRequest, here: Here, measure: str, form: str) -> HttpResponse:
    """A measure as a file, with the split that the address asks for."""
    found = results.definition(here.release, measure)
    judged = measures.series(here.release, found, here.filters) if found else None
    if found is None or judged is None:
        return _nothing(request)
    by = request.GET.get("by", "")
    by = by if by in measures.splits(found, here.filters) else measures.default_split(found, here.filters)
    split = measures.split(here.release, found, here.filters, by) if by else None
    line = pictures.line(judged, size="wide", since=here.filters.since)
    return _file(request, here, exports.of_measure(here.release, judged, split, line, here.filters), form)


@require_safe
@permitted("measure.read")
@on_release
def comparison(request: HttpRequest, here: Here, form: str) -> HttpResponse:
    """Two periods over many measures as a file, as the page shows them."""
    known = comparing.choices(here.release, periods.named(here.filters.grain) or "year")
    if not known:
        return _nothing(request)
    asked = {name: request.GET.get(name, "") for name in ("before", "after", "family", "order")}
    before = asked["before"] if asked["before"] in known else known[-1]
    after = asked["after"] if asked["after"] in known else known[0]
    order = comparing.named_order(asked["order"])
    families = {each.family for each in results.definitions(here.release).values()}
    family = asked["family"] if asked["family"] in families else ""
    pairs, _untold = comparing.compare(
        here.release, before, after, codes=here.filters.codes, family=family, order=order
    )
    lead = words.family(family) if family else _("All subjects")
    return _file(request, here, exports.of_comparison(here.release, pairs, before, after, lead, here.filters), form)


def _file(request: HttpRequest, here: Here, export: Export, form: str) -> HttpResponse:
    """The export as a file to be kept, named for what it holds and the day of its release."""
    if form == "png":
        content, kind = _picture(request, export), "image/png"
    elif form in FORMS:
        kind, written = FORMS[form]
        content = written(export)
    else:
        content, kind = None, ""
    if content is None:
        return _nothing(request)
    name = f"luotsi-{export.name}-{here.release.created_at:%Y-%m-%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


def _picture(request: HttpRequest, export: Export) -> bytes | None:
    """One chart, the first unless `picture` says which; None where there is none."""
    asked = request.GET.get("picture", "1")
    place = int(asked) - 1 if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
    if not 0 <= place < len(export.pictures):
        return None
    return charts.png(export.pictures[place][1])


def _nothing(request: HttpRequest) -> HttpResponse:
    title = _("There is nothing to download here")
    return missing(request, title, _("The board, measure or form of file may have been renamed or taken away."))
