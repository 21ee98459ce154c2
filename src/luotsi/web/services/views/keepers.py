"""The pages of those who keep entries, and of the county that approves them."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luotsi.concepts.errors import UserError
from luotsi.web.people.models import User
from luotsi.web.people.permissions import permitted
from luotsi.web.people.sessions import signed_in
from luotsi.web.services import actions, searching, shown
from luotsi.web.services.forms import DecisionForm, EntryForm, KeeperForm, begun
from luotsi.web.services.models import Keeper, Organisation, Proposal, Service, Source, State
from luotsi.web.services.template import workbook


@require_safe
@permitted("entry.propose")
def own(request: HttpRequest) -> HttpResponse:
    """The organisations that a user keeps, their entries, and how what was proposed stands."""
    kept = Keeper.objects.filter(user=signed_in(request)).select_related("organisation")
    rows: list[dict[str, Any]] = []
    for each in kept:
        services = Service.objects.filter(organisation=each.organisation, removed_at=None)
        rows.append(
            {
                "organisation": each.organisation,
                "name": shown.said(each.organisation.name),
                "services": [
                    (one.entry, shown.said(one.name), one.source == Source.OWN, *shown.checked(one)) for one in services
                ],
                "proposals": [(one, one.said.get("nimi_fi", "")) for one in each.organisation.proposals.all()[:20]],
            }
        )
    return render(request, "services/own.html", {"rows": rows})


@require_safe
@permitted("entry.propose")
def template(request: HttpRequest) -> HttpResponse:
    """The spreadsheet that associations fill in, to be sent to the county."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    told = {"Content-Disposition": 'attachment; filename="palvelut.xlsx"'}
    return HttpResponse(workbook(), content_type=kind, headers=told)


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("entry.propose")
def write(request: HttpRequest, organisation: str, entry: str) -> HttpResponseBase:
    """The form of an entry, "new" for a new one; what was last said of it stands in it."""
    user = signed_in(request)
    found = Organisation.objects.filter(entry=organisation, keepers__user=user).first()
    if found is None:
        raise Http404
    last = Proposal.objects.filter(organisation=found, entry=entry).first()
    form = EntryForm(request.POST or None, initial=begun(last.said) if last else {"kielet": ["fi"]})
    if request.method == "POST" and form.is_valid():
        name = str(uuid.uuid4()) if entry == "new" else entry
        actions.propose(by=user, organisation=found, entry=name, said=form.cells())
        messages.success(request, _("Sent to the county. It is shown when the county has approved it."))
        return redirect("own_services")
    context = {"form": form, "organisation": shown.said(found.name)}
    return render(request, "services/write.html", context, status=422 if form.errors else 200)


@require_POST
@permitted("entry.propose")
def check(request: HttpRequest, organisation: str, entry: str) -> HttpResponseBase:
    """Says that an entry still holds, wherever it is kept."""
    found = Service.objects.filter(entry=entry, organisation__entry=organisation, removed_at=None).first()
    if found is None:
        raise Http404
    actions.check(by=signed_in(request), service=found)
    messages.success(request, _("Thank you. The entry is marked as checked today."))
    return redirect("own_services")


@require_safe
@permitted("entry.approve")
def proposals(request: HttpRequest) -> HttpResponse:
    """What waits for the county's yes or no, and who keeps which organisation."""
    waiting = Proposal.objects.filter(state=State.WAITING).select_related("organisation", "by").order_by("at")
    context = {
        "waiting": [
            (each, shown.said(each.organisation.name), [(name, cell) for name, cell in each.said.items() if cell])
            for each in waiting
        ],
        "keepers": [
            (each.user, shown.said(each.organisation.name))
            for each in Keeper.objects.select_related("user", "organisation").order_by("pk")
        ],
        "form": KeeperForm(),
    }
    return render(request, "services/proposals.html", context)


@require_POST
@permitted("entry.approve")
def decide(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Approves or refuses a proposal."""
    found, form = Proposal.objects.filter(pk=pk).first(), DecisionForm(request.POST)
    if found is None or not form.is_valid():
        raise Http404
    said = form.cleaned_data
    try:
        actions.decide(
            by=signed_in(request),
            proposal=found,
            approved=said["approved"] == "yes",
            reason=said["reason"],
            known=searching.known(),
        )
        messages.success(request, _("The decision is made."))
    except UserError as fault:
        messages.error(request, str(fault))
    return redirect("proposals")


@require_POST
@permitted("entry.approve")
def appoint(request: HttpRequest) -> HttpResponseBase:
    """Lets a user keep an organisation."""
    form = KeeperForm(request.POST)
    user = User.objects.filter(email=form.cleaned_data["email"]).first() if form.is_valid() else None
    if user is None:
        messages.error(request, _("There is no user with this e-mail address. Add the user first."))
        return redirect("proposals")
    organisation = Organisation.objects.get(entry=form.cleaned_data["organisation"])
    actions.appoint_keeper(by=signed_in(request), user=user, organisation=organisation)
    messages.success(request, _("The keeper is chosen. The role of a keeper is given on the page of the user."))
    return redirect("proposals")
