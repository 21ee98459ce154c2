"""How many referrals there have been by municipality, for everyone: from the release, small numbers hidden."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luotsi.web.referrals.views.staff import words_of_programme
from luotsi.web.results import queries as results
from luotsi.web.results.models import Release
from luotsi.web.results.queries import Point
from luotsi.web.ui import formats

MEASURE, SHARE = "wellbeing_referrals", "wellbeing_reached_share"
AREA = "municipality"
UNTOLD = "unknown"
"""The code of rows whose municipality is not known."""


class Row(NamedTuple):
    """A municipality and its number; None where it is hidden."""

    name: str
    number: float | None


@require_safe
def referral_counts(request: HttpRequest) -> HttpResponse:
    """The year asked for, else the newest."""
    release = results.current()
    years = _years(release) if release else []
    asked = request.GET.get("year", "")
    year = asked if asked in years else years[0] if years else ""
    context: dict[str, object] = {"about": words_of_programme(), "years": years, "year": year}
    context |= {"tabs": [(each, f"?year={each}") for each in years], "tab": f"?year={year}"}
    if release is not None and year:
        context |= {
            "rows": _rows(release, year),
            "total": _of(release, MEASURE, year),
            "reached": _of(release, SHARE, year),
        }
    return render(request, "referrals/counts.html", context)


def _years(release: Release) -> list[str]:
    """The years that the release knows, the newest first."""
    if results.definition(release, MEASURE) is None:
        return []
    return sorted((each.period for each in results.series(release, MEASURE, grain="year")), reverse=True)


def _of(release: Release, measure: str, year: str) -> Point | None:
    if results.definition(release, measure) is None:
        return None
    return next((each for each in results.series(release, measure, grain="year") if each.period == year), None)


def _rows(release: Release, year: str) -> list[Row]:
    """Every municipality that has a row, by name; last those whose municipality is not told."""
    known, language = results.labels(release, AREA), formats.language()
    named: list[Row] = []
    untold: list[Row] = []
    for each in results.groups(release, MEASURE, period=year, dimensions=(AREA,)):
        code = each.group.partition("=")[2]
        name = known.get(code, {}).get(language, code)
        rows = untold if code == UNTOLD else named
        rows.append(Row(name[:1].upper() + name[1:], None if each.suppressed else each.value))
    return [*sorted(named, key=lambda row: row.name.casefold()), *untold]
