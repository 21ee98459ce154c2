"""The services that fit one person, and why: for a professional who may read the person, and for residents themselves.

By age, home, language and client segment, and by what is looked for. Search for anyone is in public.py.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from luotsi.web.people import queries as people
from luotsi.web.people.acting import acting
from luotsi.web.people.models import Basis
from luotsi.web.people.permissions import may, permitted
from luotsi.web.people.queries import Resident
from luotsi.web.people.sessions import signed_in
from luotsi.web.people.views.persons import with_basis
from luotsi.web.people.words import LANGUAGES, municipality
from luotsi.web.services import opening, queries, shown
from luotsi.web.services.models import Favourite

READ = "services"
"""What the access log calls the reading."""
SHOWN = 12


@never_cache
@require_safe
@permitted("fitting.read")
@with_basis
def of_person(request: HttpRequest, person: uuid.UUID) -> HttpResponseBase:
    """The services that fit a person in care; the reading is logged."""
    found = people.read_person(by=signed_in(request), person=person, what=READ)
    return _page(request, found, reverse("fitting_services", args=[person]))


@never_cache
@require_safe
@permitted("own_data.read")
def own(request: HttpRequest) -> HttpResponseBase:
    """The services that fit the resident, or the person they act for, whose segment is not told then."""
    found = people.own_data(by=signed_in(request), acting=acting(request), what=READ)
    return _page(request, found, reverse("own_fitting_services"))


def _page(request: HttpRequest, person: Resident, here: str) -> HttpResponseBase:
    segment = people.segment_of(person)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    needs = [each for each in request.GET.getlist("need") if each in queries.needs()]
    hits = queries.fitting(
        [*needs, *text.split()],
        age=person.age,
        area=person.municipality,
        language=person.language,
        segment=segment,
        limit=SHOWN,
        told=shown.language(),
    )
    user = signed_in(request)
    context = {
        "person": person,
        "own": here == reverse("own_fitting_services"),
        "here": here,
        "text": text,
        "chosen": needs,
        "needs": [(name, getattr(each.label, shown.language())) for name, each in queries.needs().items()],
        "facts": _known(person, segment),
        "segment": segment,
        "cards": shown.cards(hits, opening.open_now(each.service.pk for each in hits), {}),
        "kept": set(Favourite.objects.filter(user=user).values_list("service__entry", flat=True)),
        "may_refer": may(user, "referral.make"),
    }
    return render(request, "services/fitting.html", context)


def _known(person: Resident, segment: str) -> list[tuple[str, Any]]:
    """By what the services were chosen, a word and its value each."""
    found = [
        (_("Age"), str(person.age)),
        (_("Municipality"), municipality(person.municipality) if person.municipality else "–"),
        (_("Language"), str(LANGUAGES.get(person.language, person.language)) or "–"),
    ]
    if person.basis != Basis.MANDATE:
        found.append((_("Client segment"), queries.segment_name(segment, shown.language()) or "–"))
    return found
