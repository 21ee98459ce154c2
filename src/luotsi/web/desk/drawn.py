"""The tiles of boards as HTML, drawn once for all readers and web processes, and drawn ahead for a new release.

What tiles show stands in `boards`. Nothing here knows who reads.
"""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from luotsi.concepts import records
from luotsi.web.desk import boards, choices, words
from luotsi.web.desk.filters import Filters
from luotsi.web.results import queries as results
from luotsi.web.results.models import Release
from luotsi.web.ui import formats

KEPT = 7 * 24 * 60 * 60
"""Seconds that drawn tiles are kept; a release never changes, so this only bounds the disk."""


def tiles(release: Release, board: records.Board, filters: Filters) -> SafeString:
    """The filter bar and the tiles, kept by what they follow from: release, board, filters and language."""
    plain = replace(filters, ignored=())
    key = f"tiles:{release.pk}:{board.board}:{formats.language()}:{plain.query()}"
    drawn = cache.get(key)
    if drawn is None:
        seen = boards.view(release, board, filters)
        scoring = words.said(board.scoring.model_dump()) if board.scoring else ""
        said = {"view": seen, "filters": plain, "release": release, "scoring": scoring}
        said |= {"selects": choices.selects(release, plain), "path": reverse("board", args=[board.board])}
        drawn = render_to_string("desk/parts/tiles.html", said)
        cache.set(key, drawn, KEPT)
    return mark_safe(drawn)


def ahead() -> int:
    """Draws every board of the whole county in each language, for the release that is shown; gives how many."""
    release = results.current()
    if release is None:
        return 0
    whole = [each for each in results.boards().values() if each.scope not in ("unit", "service")]
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for each in whole:
                tiles(release, each, Filters())
    return len(whole) * len(settings.LANGUAGES)
