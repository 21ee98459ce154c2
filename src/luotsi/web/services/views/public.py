"""The pages of the directory that are for everyone: search, areas of life, one service, the embedded search."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from luotsi.web.people.permissions import may
from luotsi.web.services import mapping, opening, queries, shown
from luotsi.web.services.models import Favourite, Service
from luotsi.web.services.queries import Filters

SHOWN, NEAR = 30, 0.3
"""So many services at most, and none that answers worse than this share of the best."""
SOURCES = {"ptv": "Suomi.fi", "hsds": "Open Referral", "csv": _("Association's own list"), "own": ""}
DISTANCES, USUAL = ("5", "10", "25", "50"), "10"
"""Kilometres to choose from, and how many where only a postal code is given."""


def asked(request: HttpRequest) -> tuple[str, Filters]:
    """What the address asks for: the text, and the filters; what is not known there is passed over.

    A distance is from the middle of the postal code area, or else of the municipality.
    """
    get = request.GET
    area = queries.municipality(get.get("area", ""))
    within = get.get("within", "") if get.get("within") in DISTANCES else ""
    point = queries.postal_area(get.get("postal", ""))
    near = point or mapping.middle(area) if within or point else None
    return get.get("q", "").strip()[:200], Filters(
        area="" if near else area,
        language=_one_of(get.get("language", ""), shown.LANGUAGES),
        fee=_one_of(get.get("fee", ""), shown.FEES),
        needs=tuple(each for each in get.getlist("need") if each in queries.needs()),
        near=near,
        within=int(within or USUAL) * 1000 if near else 0,
        open_at=timezone.now() if get.get("open") else None,
        life_event=_one_of(get.get("life_event", ""), queries.classes("life_event")),
        target_group=_one_of(get.get("target_group", ""), queries.classes("target_group")),
    )


def _one_of(said: str, known: Container[str]) -> str:
    return said if said in known else ""


def _found(request: HttpRequest) -> dict[str, Any]:
    """What every page of the search shows."""
    text, chosen = asked(request)
    found = queries.search(text, chosen, limit=SHOWN, language=shown.language()) if text or chosen.needs else []
    found = [each for each in found if each.score >= found[0].score * NEAR]
    numbers, points = mapping.numbered(found)
    open_now = opening.open_now(each.service.pk for each in found)
    code, postal = shown.language(), request.GET.get("postal", "").strip()[:10]
    towns = sorted((queries.municipality_name(each, code), each) for each, _path, _middle in mapping.borders())
    return {
        "text": text,
        "chosen": chosen,
        "searched": bool(text or chosen.needs),
        "cards": shown.cards(found, open_now, numbers),
        "map": mapping.drawn(points),
        "needs": [
            (name, getattr(each.label, code), getattr(each.question, code)) for name, each in queries.needs().items()
        ],
        "need": next((getattr(queries.needs()[each].label, code) for each in chosen.needs), ""),
        "areas": [(each, name) for name, each in towns],
        "area": queries.municipality(request.GET.get("area", "")),
        "languages": [(each, str(name)) for each, name in shown.LANGUAGES.items()],
        "fees": [(each, str(name)) for each, name in shown.FEES.items()],
        "distances": [(each, f"{each} km") for each in DISTANCES],
        "within": request.GET.get("within", ""),
        "postal": postal,
        "postal_unknown": bool(postal) and not queries.postal_area(postal),
        "life_events": shown.choices("life_event"),
        "target_groups": shown.choices("target_group", shown.CITIZENS),
        "open": bool(chosen.open_at),
    }


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """Search in one's own words, or browsing by the areas of life; as list and map."""
    return render(request, "services/services.html", _found(request))


@xframe_options_exempt
@csp_replace({"frame-ancestors": settings.EMBEDDERS})
@require_safe
def embedded(request: HttpRequest) -> HttpResponse:
    """The search alone, for a frame of another site; which sites may, is set by the county."""
    return render(request, "services/embedded.html", _found(request))


@require_safe
def service(request: HttpRequest, entry: str) -> HttpResponse:
    """One service: what, for whom, how to get it, when it is open, and when that was last checked."""
    found = queries.entry(entry)
    if found is None:
        raise Http404
    ways = shown.ways(found, timezone.now())
    day, stale = shown.checked(found)
    user = request.user
    keeps = may(user, "favourite.keep")
    context = {
        "service": found,
        "name": shown.said(found.name),
        "summary": shown.said(found.summary),
        "description": shown.said(found.description),
        "ways": ways,
        "facts": shown.facts(found),
        "checked": day,
        "stale": stale,
        "gone": found.removed_at is not None,
        "linked": shown.linked(found, ways),
        "address": settings.ADDRESS + reverse("service", args=[found.entry]),
        "may_keep": keeps,
        "may_refer": may(user, "referral.make"),
        "kept": keeps and Favourite.objects.filter(user=user.pk, service=found).exists(),
        "source": str(SOURCES[found.source]),
    }
    return render(request, "services/service.html", context, status=410 if context["gone"] else 200)


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The addresses of all services for search engines, as sitemaps.org says; at most 50,000 in one file."""
    rows = Service.objects.filter(removed_at=None).order_by("pk").values_list("entry", "modified_at")[:50_000]
    urls = [
        f"<url><loc>{settings.ADDRESS}{reverse('service', args=[entry])}</loc>"
        + (f"<lastmod>{at.date().isoformat()}</lastmod>" if at else "")
        + "</url>"
        for entry, at in rows
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return HttpResponse(f"{head}{''.join(urls)}</urlset>", content_type="application/xml")
