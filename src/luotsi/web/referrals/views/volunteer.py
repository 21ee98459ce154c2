"""What a receiver's volunteer sees: the referrals passed to their organisation, and nothing else of the house."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from luotsi.concepts.errors import UserError
from luotsi.concepts.referrals import ACCEPTED, ATTENDING, MET, PROPOSED, SENT
from luotsi.web.people import queries as people
from luotsi.web.people.permissions import permitted
from luotsi.web.people.sessions import signed_in
from luotsi.web.referrals import queries, words
from luotsi.web.referrals.forms import CloseForm, DeclineForm, PlacesForm, TimeForm
from luotsi.web.referrals.queries import NoReferral
from luotsi.web.referrals.receiving import actions
from luotsi.web.referrals.views.staff import done


@never_cache
@require_safe
@permitted("passed_referral.read")
def received(request: HttpRequest) -> HttpResponse:
    """What has been passed on, what waits for an answer first, and how many places there are. No persons."""
    user = signed_in(request)
    rows = [(each, words.receiver(each.receiver), words.state(each.state)) for each in queries.passed(by=user)]
    places = [
        (
            each,
            words.receiver(each),
            queries.free_places(each),
            PlacesForm(prefix=str(each.pk), initial={"places": each.places}),
        )
        for each in queries.receivers_of(by=user)
    ]
    return render(request, "referrals/received.html", {"rows": rows, "places": places})


@never_cache
@require_safe
@permitted("passed_referral.read")
def received_one(request: HttpRequest, referral: uuid.UUID) -> HttpResponse:
    """What the person lets the volunteer know, which the person's log tells of."""
    return _page(request, referral)


def _page(request: HttpRequest, referral: uuid.UUID, bound: dict[str, Any] | None = None) -> HttpResponse:
    try:
        found = queries.open_passed(by=signed_in(request), referral=referral)
    except (NoReferral, people.NoBasis):
        raise Http404 from None
    met = found.state in (MET, ATTENDING)
    context = {
        "referral": found,
        "to": words.receiver(found.receiver),
        "state": words.state(found.state),
        "items": words.items(found.items),
        "name": found.items.get("name", ""),
        "waits": found.state == SENT,
        "goes_on": found.state in (ACCEPTED, PROPOSED, MET, ATTENDING),
        "may_decline": found.state in (SENT, ACCEPTED, PROPOSED),
        "met": met,
        "meetings": [(each, words.answer(each)) for each in found.meetings],
        "decline": DeclineForm(prefix="decline"),
        "time": TimeForm(prefix="time"),
        "close": CloseForm(prefix="close", met=met),
        **(bound or {}),
    }
    return render(request, "referrals/received_one.html", context, status=422 if bound else 200)


@require_POST
@permitted("passed_referral.answer")
def accept(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Accepts."""
    user = signed_in(request)
    said = _("You have accepted. Propose a time, or call.")
    return done(request, ("received_referral", referral), lambda: actions.accept(by=user, referral=referral), said)


@require_POST
@permitted("passed_referral.answer")
def decline(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Declines with a reason; the referral is seen no more."""
    user, form = signed_in(request), DeclineForm(request.POST, prefix="decline")
    if not form.is_valid():
        return _page(request, referral, {"decline": form})
    said = form.cleaned_data
    doing = lambda: actions.decline(by=user, referral=referral, **said)  # noqa: E731
    return done(
        request,
        ("received_referral", referral),
        doing,
        _("Thank you for answering. The referral goes back."),
        to="received_referrals",
    )


@require_POST
@permitted("passed_referral.answer")
def propose(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Proposes a time."""
    user, form = signed_in(request), TimeForm(request.POST, prefix="time")
    if not form.is_valid():
        return _page(request, referral, {"time": form})
    starts_at, place = form.starts_at(), form.cleaned_data["place"]
    doing = lambda: actions.propose(by=user, referral=referral, starts_at=starts_at, place=place)  # noqa: E731
    return done(request, ("received_referral", referral), doing, _("The time is proposed. The person answers it."))


@require_POST
@permitted("passed_referral.answer")
def mark(request: HttpRequest, referral: uuid.UUID, meeting: uuid.UUID) -> HttpResponseBase:
    """Says whether the person came."""
    user, attended = signed_in(request), "attended" in request.POST
    doing = lambda: actions.mark(by=user, meeting=meeting, attended=attended)  # noqa: E731
    return done(request, ("received_referral", referral), doing, _("It is kept."))


@require_POST
@permitted("passed_referral.answer")
def contact(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Says that one has met or spoken with the person."""
    user = signed_in(request)
    return done(
        request, ("received_referral", referral), lambda: actions.contact(by=user, referral=referral), _("It is kept.")
    )


@require_POST
@permitted("passed_referral.answer")
def close(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Ends it with how it went; the referral is seen no more."""
    user = signed_in(request)
    try:
        met = queries.open_passed(by=user, referral=referral).state in (MET, ATTENDING)
    except (NoReferral, people.NoBasis):
        raise Http404 from None
    form = CloseForm(request.POST, prefix="close", met=met)
    if not form.is_valid():
        return _page(request, referral, {"close": form})
    said = form.cleaned_data
    doing = lambda: actions.close(by=user, referral=referral, **said)  # noqa: E731
    return done(
        request,
        ("received_referral", referral),
        doing,
        _("Thank you. The referral has ended."),
        to="received_referrals",
    )


@require_POST
@permitted("passed_referral.answer")
def tell_places(request: HttpRequest, receiver: int) -> HttpResponseBase:
    """Says how many referrals there is room for."""
    user, form = signed_in(request), PlacesForm(request.POST, prefix=str(receiver))
    try:
        if not form.is_valid():
            raise UserError(_("Tell the places as a number from 0 to 1000."))
        actions.tell_places(by=user, receiver=receiver, places=form.cleaned_data["places"])
    except NoReferral:
        raise Http404 from None
    except UserError as fault:
        messages.error(request, str(fault))
    else:
        messages.success(request, _("The places are kept."))
    return redirect("received_referrals")
