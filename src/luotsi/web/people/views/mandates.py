"""Acting for another: what a resident chooses and withdraws, and what a professional records and ends."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luotsi.concepts.errors import UserError
from luotsi.web.people import acting, actions, mandates, queries
from luotsi.web.people.forms import MandateForm
from luotsi.web.people.mandates import Agent
from luotsi.web.people.models import Mandate
from luotsi.web.people.permissions import may, permitted
from luotsi.web.people.sessions import here, signed_in
from luotsi.web.people.words import MANDATE_SOURCES, MANDATES, SECTORS

Row = tuple[Agent, object, list[object], object]


def _rows(found: list[Agent]) -> list[Row]:
    return [
        (
            each,
            MANDATES[Mandate.Kind(each.mandate.kind)],
            [SECTORS[sector] for sector in each.mandate.covers],
            MANDATE_SOURCES[Mandate.Source(each.mandate.source)],
        )
        for each in found
    ]


@never_cache
@require_safe
@permitted("mandate.use")
def own(request: HttpRequest) -> HttpResponse:
    """For whom the resident may act, and who may act for them."""
    user = signed_in(request)
    context = {
        "acts_for": [
            (each, MANDATES[each.kind], [SECTORS[sector] for sector in sorted(each.covers)])
            for each in mandates.acts_for(by=user)
        ],
        "agents": _rows(mandates.own_agents(by=user)),
    }
    return render(request, "people/own_mandates.html", context)


@require_POST
@permitted("mandate.use")
def begin_acting(request: HttpRequest, mandate: uuid.UUID) -> HttpResponseBase:
    """From now on the resident acts for another."""
    try:
        acting.begin(request, actions.begin_acting(by=signed_in(request), mandate=mandate))
    except queries.NoBasis as no:
        messages.error(request, str(no))
        return redirect("own_mandates")
    return redirect("me")


@require_POST
@permitted("mandate.use")
def end_acting(request: HttpRequest) -> HttpResponseBase:
    """From now on the resident acts for themself."""
    acting.end(request)
    return redirect(here(request, request.POST.get("next", "")) or "me")


@require_POST
@permitted("mandate.end")
def withdraw(request: HttpRequest, mandate: uuid.UUID) -> HttpResponseBase:
    """Ends a mandate that the resident has given."""
    user = signed_in(request)
    if not any(each.mandate.pk == mandate for each in mandates.own_agents(by=user)):
        raise Http404
    actions.end_mandate(by=user, mandate=mandate)
    messages.success(request, _("The mandate has ended."))
    return redirect("own_mandates")


@never_cache
@require_safe
@permitted("person.read")
def of_person(request: HttpRequest, person: uuid.UUID) -> HttpResponseBase:
    """Who may act for a person."""
    user = signed_in(request)
    try:
        found, agents = queries.mandates_of(by=user, person=person)
    except queries.NoPerson:
        raise Http404 from None
    context = {"person": found, "rows": _rows(agents), "may_record": may(user, "mandate.record")}
    return render(request, "people/mandates.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permitted("mandate.record")
def new(request: HttpRequest, person: uuid.UUID) -> HttpResponseBase:
    """Records who may act for a person; the one who acts is found by code, which is posted."""
    user = signed_in(request)
    try:
        found = queries.read_person(by=user, person=person, what="mandates")
    except queries.NoPerson:
        raise Http404 from None
    form = MandateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        agent = queries.find_person(by=user, code=said.pop("code"))
        try:
            if agent is None:
                raise UserError(_("There is no one with this personal identity code here."))
            actions.record_mandate(by=user, principal=person, agent=agent, **said)
        except UserError as fault:
            form.add_error("code" if agent is None else None, str(fault))
        else:
            messages.success(request, _("The mandate is recorded."))
            return redirect("mandates", person=person)
    context = {"form": form, "person": found}
    return render(request, "people/new_mandate.html", context, status=422 if form.errors else 200)


@require_POST
@permitted("mandate.end")
def end(request: HttpRequest, person: uuid.UUID, mandate: uuid.UUID) -> HttpResponseBase:
    """Ends a mandate given for a person."""
    if not Mandate.objects.filter(pk=mandate, principal=person).exists():
        raise Http404
    actions.end_mandate(by=signed_in(request), mandate=mandate)
    messages.success(request, _("The mandate has ended."))
    return redirect("mandates", person=person)
