"""The living page of the design system, and the choice of colours. Language is chosen in people, which keeps it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from luotsi.web.ui.context import COOKIE, THEMES
from luotsi.web.ui.examples import examples

SWATCHES = [
    "ink",
    "ink-soft",
    "accent",
    "good",
    "attention",
    "bad",
    "chart-1",
    "chart-2",
    "chart-3",
    "chart-4",
    "chart-5",
    "step-1",
    "step-3",
    "step-5",
]
YEAR = 365 * 24 * 60 * 60


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen colours in a cookie for a year and leads back to the page."""
    back = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if here else "/")
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(COOKIE, chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    return response


@require_safe
def living_page(request: HttpRequest) -> HttpResponse:
    """Every component with its states."""
    return render(request, "ui/living.html", {"examples": examples(request), "tokens": SWATCHES})
