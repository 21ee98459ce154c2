"""Draws specs: SVG whose colours follow the page, SVG with colours of its own for paper, PNG. Drawn once, then kept.

A process that has drawn must not fork: the painter's thread does not come along. So gunicorn must not preload us.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import vl_convert
from django.core.cache import caches
from django.utils.safestring import SafeString, mark_safe

from luotsi.web.ui import formats
from luotsi.web.ui.charts.house import PRINT, Spec, number_locale

FONTS = Path(__file__).parents[1] / "fonts"
PAINTER = version("vl-convert-python")
"""Part of what a kept drawing is known by: a newer painter draws anew."""

MONTH = 30 * 24 * 60 * 60
EMPTY = re.compile(r'<path class="(?:background|foreground)"[^>]* d="(?:M0,0h0v0h0Z)?"[^>]*/>')
SAID = re.compile(r' (?:role|aria-[a-z]+|class|pointer-events)="[^"]*"|<title>.*?</title>')
"""What Vega says of each part of a picture: the picture speaks as a whole, and a page may hold a dozen."""

PLACES = re.compile(r' (?:d|transform|[xy][12]?)="[^"]*"')
TOKEN = re.compile(r"var\(--([a-z0-9-]+)\)")

vl_convert.register_font_directory(str(FONTS))


def svg(spec: Spec, *, theme: Literal["page", "print"] = "page") -> SafeString:
    """The chart as SVG text: theme page takes its colours from the page's tokens, print has its own."""
    return mark_safe(_svg(json.dumps(spec, sort_keys=True), theme, formats.language()))


def png(spec: Spec, scale: float = 2) -> bytes:
    """The chart as a picture file on white, `scale` times the size of the spec."""
    painted: dict[str, Any] = json.loads(_painted(json.dumps(spec)))
    return vl_convert.vegalite_to_png({**painted, "background": "#ffffff"}, scale=scale, format_locale=number_locale())


def _painted(text: str) -> str:
    return TOKEN.sub(lambda found: PRINT[found[1]], text)


@lru_cache(maxsize=1024)
def _svg(text: str, theme: str, language: str) -> str:
    """Kept in the process, and in files for the other processes: a drawing takes some 50 ms, a kept one nothing."""
    kept = caches["charts"]
    key = hashlib.sha256(f"{PAINTER}\n{theme}\n{language}\n{text}".encode()).hexdigest()
    found: str | None = kept.get(key)
    if found is None:
        found = _drawn(text, theme)
        kept.set(key, found, MONTH)
    return found


def _drawn(text: str, theme: str) -> str:
    spec: Spec = json.loads(_painted(text) if theme == "print" else text)
    about = spec["usermeta"]
    label = escape(". ".join(part.rstrip(".") for part in (about["title"], about["description"]) if part), quote=True)
    drawn = vl_convert.vegalite_to_svg(spec, format_locale=number_locale())
    near = PLACES.sub(lambda found: re.sub(r"(\.\d)\d+", r"\1", found[0]), drawn)
    bare = SAID.sub("", EMPTY.sub("", near))
    return bare.replace("<svg ", f'<svg class="marks" role="img" aria-label="{label}" ', 1)
