"""The course of a measure in one row of a table: made by hand, since a table may hold a hundred."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

WIDTH, HEIGHT, EDGE = 120, 28, 3


def sparkline(values: Sequence[float | None], *, label: str = "") -> SafeString:
    """A small line with a dot at its end and gaps where a value is None. label: what is read aloud; none hides it."""
    told = [value for value in values if value is not None]
    if not told:
        return SafeString("")
    low, high = min(told), max(told)
    step = (WIDTH - 2 * EDGE) / max(1, len(values) - 1)
    places = [
        None if value is None else (EDGE + at * step, _height(value, low, high)) for at, value in enumerate(values)
    ]
    last = next(place for place in reversed(places) if place)
    heard = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="sparkline" viewBox="0 0 {} {}" {}><path d="{}" fill="none" stroke="var(--chart-1)"'
        ' stroke-width="1.75" stroke-linejoin="round" stroke-linecap="round"/>'
        '<circle cx="{}" cy="{}" r="2.5" fill="var(--chart-1)"/></svg>',
        WIDTH,
        HEIGHT,
        heard,
        _path(places),
        *(f"{each:.1f}" for each in last),
    )


def _height(value: float, low: float, high: float) -> float:
    if high == low:
        return HEIGHT / 2
    return EDGE + (high - value) / (high - low) * (HEIGHT - 2 * EDGE)


def _path(places: Sequence[tuple[float, float] | None]) -> str:
    parts: list[str] = []
    pen = "M"
    for place in places:
        if place is None:
            pen = "M"
            continue
        parts.append(f"{pen}{place[0]:.1f} {place[1]:.1f}")
        pen = "L"
    return "".join(parts)
