"""The pages of boards: tiles, and the same as a deck for a meeting."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from luotsi.concepts import records
from luotsi.web.desk import boards, choices, drawn, notes, words
from luotsi.web.desk.views.arriving import Here, missing, on_release, page
from luotsi.web.people.permissions import permitted
from luotsi.web.results import queries as results


@require_safe
@permitted("board.read")
@on_release
def board(request: HttpRequest, here: Here, board: str) -> HttpResponse:
    """A board with its tiles."""
    found = results.boards().get(board)
    if found is None:
        return _gone(request)
    tiles = "" if _unscoped(here, found) else drawn.tiles(here.release, found, here.filters)
    return page(request, here, "board", {**_about(here, found), "tiles": tiles})


@require_safe
@permitted("board.read")
@on_release
def meeting(request: HttpRequest, here: Here, board: str) -> HttpResponse:
    """A board as a deck: one tile a page, with its chart, numbers, notes and definition."""
    found = results.boards().get(board)
    if found is None:
        return _gone(request)
    if _unscoped(here, found):
        return page(request, here, "board", {**_about(here, found), "tiles": ""})
    seen = boards.view(here.release, found, here.filters)
    pages = notes.deck(here.release, seen, here.filters)
    return render(
        request,
        "desk/meeting.html",
        {**_about(here, found), "release": here.release, "filters": here.filters, "pages": pages, "total": seen.total},
    )


def _gone(request: HttpRequest) -> HttpResponse:
    return missing(
        request,
        _("There is no such board"),
        _("It may have been renamed or taken away. Here are the boards there are."),
    )


def _unscoped(here: Here, found: records.Board) -> bool:
    """Whether a board of a unit or a service waits for the reader to choose which."""
    return found.scope in ("unit", "service") and not getattr(here.filters, found.scope)


def _about(here: Here, found: records.Board) -> dict[str, Any]:
    scope = found.scope if _unscoped(here, found) else ""
    return {
        "board": found,
        "label": words.said(found.label.model_dump()),
        "question": words.said(found.question.model_dump()),
        "level": words.level(found.level),
        "scope": scope,
        "scoped_to": words.group(here.release, boards.readings.group(here.filters.codes)),
        "places": choices.places(here.release, here.user, found) if scope else (),
    }
