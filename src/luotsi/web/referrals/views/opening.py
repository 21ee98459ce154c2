"""Who receives referrals, and their volunteers: the administrator's page."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luotsi.concepts.errors import UserError
from luotsi.web.people.models import User
from luotsi.web.people.permissions import permitted
from luotsi.web.people.sessions import signed_in
from luotsi.web.referrals import actions, queries, words
from luotsi.web.referrals.forms import ReceiverForm, VolunteerForm
from luotsi.web.referrals.models import Receiver, Volunteer
from luotsi.web.services.models import Organisation

MOST = 20
"""Organisations that a search shows."""


@never_cache
@require_safe
@permitted("receiver.open")
def receiving(request: HttpRequest) -> HttpResponseBase:
    """Who receives and how many at a time; organisations of the directory by a part of their name."""
    said = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    found = Organisation.objects.filter(removed_at=None, known=True)
    named = found.filter(Q(name__fi__icontains=said) | Q(name__sv__icontains=said)) if said else found.none()
    rows = [
        (each, words.receiver(each), queries.free_places(each))
        for each in Receiver.objects.select_related("organisation", "service")
    ]
    context = {
        "rows": sorted(rows, key=lambda row: row[1].casefold()),
        "said": said,
        "found": [(each, words.name(each.name)) for each in named.order_by("entry")[:MOST]],
    }
    return render(request, "referrals/receiving.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permitted("receiver.open")
def receiving_of(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """One organisation: what it receives, and its volunteers."""
    known = _organisation(organisation)
    form = ReceiverForm(request.POST or None, organisation=known.pk)
    if request.method == "POST" and form.is_valid():
        actions.open_receiver(by=signed_in(request), organisation=known, **form.cleaned_data)
        messages.success(request, _("The receiver is kept."))
        return redirect("receiving")
    return _page(request, known, form, VolunteerForm())


def _organisation(pk: int) -> Organisation:
    known = Organisation.objects.filter(pk=pk, removed_at=None).first() if pk < 2**31 else None
    if known is None:
        raise Http404
    return known


def _page(request: HttpRequest, known: Organisation, form: ReceiverForm, volunteer: VolunteerForm) -> HttpResponseBase:
    context = {
        "organisation": known,
        "name": words.name(known.name),
        "form": form,
        "volunteer": volunteer,
        "volunteers": Volunteer.objects.filter(organisation=known).select_related("user").order_by("user__name"),
    }
    return render(
        request, "referrals/receiving_of.html", context, status=422 if form.errors or volunteer.errors else 200
    )


@require_POST
@permitted("receiver.open")
def appoint(request: HttpRequest, organisation: int) -> HttpResponseBase:
    """Lets a user with the role of a volunteer receive for an organisation."""
    known, form = _organisation(organisation), VolunteerForm(request.POST)
    if form.is_valid():
        user = User.objects.filter(email__iexact=form.cleaned_data["volunteer"], is_active=True).first()
        try:
            if user is None:
                raise UserError(_("There is no user with this e-mail address."))
            actions.appoint_volunteer(by=signed_in(request), user=user, organisation=known)
        except UserError as fault:
            form.add_error("volunteer", str(fault))
    if form.errors:
        return _page(request, known, ReceiverForm(organisation=known.pk), form)
    messages.success(request, _("The volunteer is appointed."))
    return redirect("receiving_of", organisation=organisation)
