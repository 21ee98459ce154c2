"""Forms that one is asked to fill before a visit or at an age; for professionals, asking and the visit's own page."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luotsi.concepts.errors import UserError
from luotsi.web.assessments import published, telling
from luotsi.web.assessments.inviting import actions, queries
from luotsi.web.assessments.inviting import telling as words
from luotsi.web.assessments.inviting.forms import AskForm
from luotsi.web.assessments.queries import Whose
from luotsi.web.assessments.views.arriving import client, language, own
from luotsi.web.assessments.views.staff import READ
from luotsi.web.people.permissions import permitted
from luotsi.web.people.sessions import signed_in
from luotsi.web.people.views.persons import with_basis
from luotsi.web.people.words import units


@never_cache
@require_http_methods([*READ, "POST"])
@permitted("form.answer")
def asked(request: HttpRequest, invitation: uuid.UUID) -> HttpResponseBase:
    """What one is asked to fill, for what and until when; beginning it, or going on."""
    whose = own(request)
    try:
        found = queries.opened(whose, invitation)
        if request.method == "POST":
            response = actions.begin(by=whose.by, whose=whose, invitation=invitation)
            return redirect("answer", response=response.pk)
    except queries.NoInvitation:
        raise Http404 from None
    context = {**words.listed(found, language()), "acting": whose.acting}
    return render(request, "assessments/inviting/asked.html", context)


@never_cache
@require_http_methods([*READ, "POST"])
@permitted("form.fill_for")
@with_basis
def ask(request: HttpRequest, person: uuid.UUID) -> HttpResponseBase:
    """Asks a client to fill a form before a visit."""
    whose = client(request, person)
    form = _ask_form(whose, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.ask(by=whose.by, person=person, until=timezone.localdate(given["visit_at"]), **given)
        except UserError as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("The client finds the form among their own matters."))
            return redirect("visit", person=person, invitation=made.pk)
    context = {"person": whose.resident, "form": form, "has_unit": bool(queries.units_of(whose.by))}
    return render(request, "assessments/inviting/ask.html", context, status=422 if form.errors else 200)


def _ask_form(whose: Whose, sent: Any) -> AskForm:
    found = [each for each in published.offered() if queries.askable(each.record)]
    named = [(each.version.form, telling.label(each.record.label, language())) for each in found]
    first = [each.version.form for each in found if each.record.kind == "previsit"]
    # what is made for a visit stands first
    ordered = sorted(named, key=lambda each: (each[0] not in first, each[1].casefold()))
    own_units = queries.units_of(whose.by)
    return AskForm(sent, offered=ordered, own_units=own_units, minor=whose.resident.needs_mark)


@never_cache
@require_safe
@permitted("answers.read")
@with_basis
def visit(request: HttpRequest, person: uuid.UUID, invitation: uuid.UUID) -> HttpResponseBase:
    """A visit or check: what the client and who acts for them have answered before it, side by side."""
    whose = client(request, person)
    try:
        row = queries.of_client(whose, invitation)
    except queries.NoInvitation:
        raise Http404 from None
    given = queries.responses(whose, [row]).get(str(row.pk), [])
    form = published.newest(row.form)
    context = {
        "person": whose.resident,
        "invitation": row,
        "unit": units().get(row.unit, row.unit),
        "answered": words.answered(whose, row, given, language()),
        "may_take_back": row.cancelled_at is None and row.unit in queries.units_of(whose.by) and not given,
        **(telling.about(form.form, language()) if form else {"title": row.form, "demonstration": False}),
    }
    return render(request, "assessments/inviting/visit.html", context)


@require_POST
@permitted("form.fill_for")
@with_basis
def take_back(request: HttpRequest, person: uuid.UUID, invitation: uuid.UUID) -> HttpResponseBase:
    """Takes a request back."""
    whose = client(request, person)
    try:
        actions.take_back(by=whose.by, whose=whose, invitation=invitation)
    except queries.NoInvitation:
        raise Http404 from None
    messages.success(request, _("The request has been taken back. What has been answered stays."))
    return redirect("client_forms", person=person)


@never_cache
@require_safe
@permitted("answers.read")
def visits(request: HttpRequest) -> HttpResponseBase:
    """What has been asked before the visits and checks of one's units. It names no persons."""
    named = units()
    rows = [
        (row, telling.label(form.record.label, language()) if form else row.form, named.get(row.unit, row.unit), done)
        for row, done in queries.coming(by=signed_in(request))
        for form in [published.newest(row.form)]
    ]
    return render(request, "assessments/inviting/visits.html", {"rows": rows})
