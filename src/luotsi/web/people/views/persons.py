"""Persons, for staff: finding one, reading their data, and break-glass where there is no care relationship."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luotsi.concepts.errors import UserError
from luotsi.web.people import actions, queries
from luotsi.web.people.forms import BreakGlassForm, FindForm
from luotsi.web.people.permissions import may, permitted
from luotsi.web.people.sessions import signed_in
from luotsi.web.people.words import facts

View = Callable[..., HttpResponseBase]


def with_basis(view: View) -> View:
    """Shows the way to break-glass where nothing ties the professional to the person; 404 where there is none."""

    @wraps(view)
    def guarded(request: HttpRequest, person: uuid.UUID, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, person, **kwargs)
        except queries.NoPerson:
            raise Http404 from None
        except queries.NoBasis:
            context = {"person": person, "may_open": may(request.user, "person.break_glass")}
            return render(request, "people/no_basis.html", context, status=403)

    return guarded


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permitted("person.find")
def persons(request: HttpRequest) -> HttpResponseBase:
    """The persons in the professional's care, and finding one by code; the code is posted, so no address holds it."""
    user = signed_in(request)
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = queries.find_person(by=user, code=form.cleaned_data["code"])
        if found is not None:
            return redirect("person", person=found)
        form.add_error("code", _("There is no one with this personal identity code here."))
    context = {"form": form, "in_care": queries.in_care(by=user) if request.method != "POST" else []}
    return render(request, "people/persons.html", context)


@never_cache
@require_safe
@permitted("person.read")
@with_basis
def person(request: HttpRequest, person: uuid.UUID) -> HttpResponseBase:
    """A person's data."""
    found = queries.read_person(by=signed_in(request), person=person)
    return render(request, "people/person.html", facts(found))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permitted("person.break_glass")
def break_glass(request: HttpRequest, person: uuid.UUID) -> HttpResponseBase:
    """Asks for the reason and the time, and opens the person's data."""
    if not queries.is_here(by=signed_in(request), person=person):
        raise Http404
    form = BreakGlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.open_break_glass(by=signed_in(request), person=person, **form.cleaned_data)
        except UserError as fault:
            form.add_error(None, str(fault))
        else:
            return redirect("person", person=person)
    return render(request, "people/break_glass.html", {"form": form, "person": person})


@require_POST
@permitted("person.read")
def end_break_glass(request: HttpRequest, person: uuid.UUID) -> HttpResponseBase:
    """Closes what the user opened."""
    actions.end_break_glass(by=signed_in(request), person=person)
    messages.success(request, _("The person's data are closed again."))
    return redirect("persons")
