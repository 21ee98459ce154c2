"""Reads a whole dimension of a measure at once: every group over every period, for comparing units and areas.

Series of single groups are in `queries`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.db import connection

from luotsi.web.results.models import Release
from luotsi.web.results.queries import REMEMBERED, Point

Wanted = tuple[str, str, str, str]
"""(measure, grain, dimensions, within): dimensions "unit" or "profession;unit"; within "" or one group, "unit=1"."""

Groups = dict[str, list[Point]]


def codes(release: Release, dimension: str) -> frozenset[str]:
    """The codes of a dimension that the release has any number of."""
    return _codes(release.pk).get(dimension, frozenset())


def across(release: Release, wanted: Iterable[Wanted]) -> dict[Wanted, Groups]:
    """Every group of some dimensions, each by period, in one statement; empty where the release has none."""
    found: dict[Wanted, Groups] = {each: {} for each in wanted}
    if not found:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT w.name, w.grain, w.dimensions, w.within,
                   r.period, s."group", r.numerator, r.denominator, r.value, r.low, r.high, r.n, r.suppressed
            FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) AS w(name, grain, dimensions, within)
            JOIN results_series s
              ON s.release_id = %s AND s.kind = 'measure' AND s.name = w.name AND s.grain = w.grain
             AND s.dimensions = w.dimensions
             AND (w.within = '' OR strpos(';' || s."group" || ';', ';' || w.within || ';') > 0)
            JOIN results_result r ON r.series_id = s.id
            ORDER BY s."group", r.period
            """,
            [*(list(part) for part in zip(*found, strict=True)), release.pk],
        )
        for name, grain, dimensions, within, *row in cursor.fetchall():
            point = Point(*row)
            found[name, grain, dimensions, within].setdefault(point.group, []).append(point)
    return found


@lru_cache(maxsize=REMEMBERED)
def _codes(release: int) -> dict[str, frozenset[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT dimensions, array_agg(DISTINCT substr("group", strpos("group", '=') + 1)) FROM results_series
            WHERE release_id = %s AND dimensions <> '' AND strpos(dimensions, ';') = 0 GROUP BY dimensions
            """,
            [release],
        )
        return {dimension: frozenset(codes) for dimension, codes in cursor.fetchall()}
