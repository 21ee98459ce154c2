"""The map of the county with the places of found services, as SVG drawn here. Pages show the list beside it always."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from luotsi.concepts.areas import features
from luotsi.web.services import searching
from luotsi.web.services.models import Place
from luotsi.web.services.searching import Hit
from luotsi.web.services.shown import said

Point = tuple[int, int, int, str]
"""Its number in the list, metres east and north, the service's name."""


@lru_cache(maxsize=1)
def borders() -> tuple[tuple[str, str, tuple[int, int]], ...]:
    """The municipalities of the county: code, path in metres with north up, the middle."""
    found: list[tuple[str, str, tuple[int, int]]] = []
    for feature in features(searching.county(), "municipalities"):
        shape = feature["geometry"]
        polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        rings = [ring for polygon in polygons for ring in polygon]
        path = "".join(
            "M" + "L".join(f"{round(east)} {round(-north)}" for east, north, *_rest in ring) + "Z" for ring in rings
        )
        easts, norths = zip(*((point[0], point[1]) for ring in rings for point in ring), strict=True)
        middle = (round((min(easts) + max(easts)) / 2), round((min(norths) + max(norths)) / 2))
        found.append((str(feature["id"]), path, middle))
    return tuple(found)


def middle(code: str) -> tuple[int, int] | None:
    """The middle of a municipality of the county, metres east and north; None for one elsewhere."""
    return next((middle for each, _path, middle in borders() if each == code), None)


def numbered(hits: Sequence[Hit]) -> tuple[dict[int, int], list[Point]]:
    """Service -> its number on the map, and the points: number, east, north, name."""
    places = Place.objects.filter(
        channel__services__in=[each.service.pk for each in hits], channel__removed_at=None, east__isnull=False
    ).values_list("channel__services", "east", "north")
    at: dict[int, tuple[int, int]] = {}
    for service, east, north in places:
        at.setdefault(service, (east or 0, north or 0))
    numbers: dict[int, int] = {}
    points: list[Point] = []
    for each in hits:
        if each.service.pk in at:
            numbers[each.service.pk] = len(numbers) + 1
            points.append((numbers[each.service.pk], *at[each.service.pk], said(each.service.name)))
    return numbers, points


def drawn(points: Sequence[Point]) -> SafeString:
    """The map of the county with the points, an SVG in which each point has the number of its service in the list."""
    corners = [(middle[0], -middle[1]) for _code, _path, middle in borders()]
    if not corners or not points:
        return SafeString("")
    easts = [*(east for east, _south in corners), *(east for _n, east, _north, _name in points)]
    souths = [*(south for _east, south in corners), *(-north for _n, _east, north, _name in points)]
    margin = 25_000
    left, top = min(easts) - margin, min(souths) - margin
    wide, high = max(easts) - left + margin, max(souths) - top + margin
    size = max(wide, high) / 45
    paths = format_html_join("", '<path d="{}"/>', ((path,) for _code, path, _middle in borders()))
    marks = format_html_join(
        "",
        '<g transform="translate({} {})"><title>{}</title><circle r="{}"/>'
        '<text text-anchor="middle" dy="0.35em" font-size="{}">{}</text></g>',
        ((east, -north, name, round(size), round(size * 1.1), number) for number, east, north, name in points),
    )
    return format_html(
        '<svg class="services-map" viewBox="{} {} {} {}" role="img" aria-label="{}"><g class="services-borders">{}</g>'
        '<g class="services-points">{}</g></svg>',
        left,
        top,
        wide,
        high,
        _("Map of the places in the list"),
        paths,
        marks,
    )
