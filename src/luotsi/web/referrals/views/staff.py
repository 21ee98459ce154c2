"""Referrals for those who make and coordinate them: the lists, one with its person, and what is done to it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luotsi.concepts.errors import UserError
from luotsi.concepts.referrals import ACCEPTED, ATTENDING, MET, MOVES, OPEN, PROPOSED, REOPENED, WITHDRAWN
from luotsi.web.assessments import actions as answering
from luotsi.web.assessments import published
from luotsi.web.assessments.models import AnsweredBy
from luotsi.web.assessments.queries import Whose
from luotsi.web.people import codes
from luotsi.web.people import queries as people
from luotsi.web.people.models import User
from luotsi.web.people.permissions import permitted
from luotsi.web.people.sessions import signed_in
from luotsi.web.people.words import facts, units
from luotsi.web.queues import queries as queues
from luotsi.web.referrals import actions, queries, words
from luotsi.web.referrals.forms import CloseForm, ConsentForm, LonelyForm, ReferralForm
from luotsi.web.referrals.models import ORIGINS
from luotsi.web.referrals.queries import NoReferral, Opened
from luotsi.web.referrals.receiving import actions as receiving
from luotsi.web.ui import formats

PAGE = 25
CHOSEN = "refer_to"
"""Key of a session: the entry of the directory that a professional has begun to refer to."""


@never_cache
@require_safe
@permitted("referral.read")
def referrals(request: HttpRequest) -> HttpResponse:
    """The referrals of the user's units; or what their unit coordinates. No persons."""
    user = signed_in(request)
    coordinates = bool(queues.works_in(user) & queries.coordinators())
    waiting = coordinates and "waiting" in request.GET
    found = queries.coordinated(by=user) if waiting else queries.made(by=user)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    named = units()
    rows = [
        (each, words.receiver(each.receiver), words.state(each.state), named.get(each.unit, each.unit)) for each in page
    ]
    own, shared = reverse("referrals"), f"{reverse('referrals')}?waiting=1"
    tabs = [(_("Of my units"), own), (_("To coordinate"), shared)] if coordinates else []
    context = {"page": page, "rows": rows, "tabs": tabs, "tab": shared if waiting else own}
    return render(request, "referrals/referrals.html", context)


@require_POST
@permitted("referral.make")
def refer_to(request: HttpRequest, entry: str) -> HttpResponseBase:
    """Begins from a service of the directory: it is chosen, then the person is looked for, where none is given."""
    if not queries.receivers(service=entry):
        messages.info(request, _("This service takes no referrals here. Choose another, or ask the coordinator."))
        return redirect("service", entry=entry)
    request.session[CHOSEN] = entry
    with suppress(ValueError):
        return redirect("begin_referral", person=uuid.UUID(request.POST.get("person", "")))
    messages.info(request, _("The receiver is chosen. Open the person's page, and begin the referral there."))
    return redirect("persons")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permitted("referral.make")
def begin(request: HttpRequest, person: uuid.UUID) -> HttpResponseBase:
    """Begins a referral of a person. The address tells what it comes from: origin and id."""
    user = signed_in(request)
    try:
        known = people.read_person(by=user, person=person, what=queries.WHAT)
    except people.NoPerson:
        raise Http404 from None
    except people.NoBasis:
        return redirect("person", person=person)
    origin = (request.GET.get("origin", "page"), request.GET.get("id", "").replace("\x00", "")[:100])
    if origin[0] not in ORIGINS:
        raise Http404
    given = {"places": queries.receivers(), "works": queues.works_in(user), "marked": known.needs_mark}
    chosen = queries.receivers(service=request.session.get(CHOSEN, "")) if CHOSEN in request.session else []
    initial = {"receiver": chosen[0].receiver.pk} if chosen else {}
    form = ReferralForm(request.POST or None, initial=initial, **given)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            found = actions.begin(
                by=user,
                person=person,
                draft=form.draft(),
                unit=said.get("unit", ""),
                origin=origin,
                minor_mark=said.get("minor_mark", ""),
            )
        except UserError as fault:
            form.add_error(None, str(fault))
        else:
            request.session.pop(CHOSEN, None)
            return redirect("referral", referral=found.pk)
    context = {"form": form, "about": words_of_programme(), **facts(known)}
    return render(request, "referrals/write.html", context, status=422 if form.errors else 200)


def words_of_programme() -> str:
    """What the county says of its programme."""
    return str(getattr(queries.programme().about, formats.language()))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permitted("referral.make")
def edit(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Writes a referral anew, also to another receiver."""
    user = signed_in(request)
    opened = _opened(user, referral)
    row = opened.referral
    if row.state not in ("draft", *REOPENED):
        messages.info(request, _("This referral has gone on already. Open it again to see where it is."))
        return redirect("referral", referral=referral)
    initial = {name: getattr(row, name) for name in ("goals", "reason", "language", "access_needs", "phone", "email")}
    initial |= {"receiver": row.receiver_id, "link_worker": row.link_worker_id}  # pyright: ignore[reportAttributeAccessIssue]
    form = ReferralForm(request.POST or None, initial=initial, places=queries.receivers())
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(by=user, referral=referral, draft=form.draft())
        except UserError as fault:
            form.add_error(None, str(fault))
        else:
            return redirect("referral", referral=referral)
    context = {"form": form, "referral": row, "anew": row.state != "draft", **facts(opened.person)}
    return render(request, "referrals/write.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
@permitted("referral.read")
def referral(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """A referral with its person: a reading of the person, which the log tells."""
    return _page(request, referral)


def _opened(user: User, referral: uuid.UUID) -> Opened:
    try:
        return queries.opened(by=user, referral=referral)
    except (NoReferral, people.NoBasis):
        raise Http404 from None


def _page(request: HttpRequest, referral: uuid.UUID, bound: dict[str, Any] | None = None) -> HttpResponse:
    user = signed_in(request)
    opened = _opened(user, referral)
    row = opened.referral
    to = words.receiver(row.receiver)
    coordinates = bool(queues.works_in(user) & queries.coordinators())
    context = {
        **facts(opened.person),
        "referral": row,
        "to": to,
        "free": queries.free_places(row.receiver) if row.receiver else 0,
        "state": words.state(row.state),
        "next": words.NEXT.get(row.state, ""),
        "speaks_here": codes.label("language", row.language) if row.language else "",
        "open": row.state in OPEN,
        "may_edit": row.state in ("draft", *REOPENED),
        "may_take_back": row.state in MOVES["decline"].before,
        "may_close": coordinates and row.state in (ACCEPTED, PROPOSED, MET, ATTENDING),
        "told": words.items(queries.preview(row, opened.person, opened.consent.items)) if opened.consent else [],
        "given": opened.consent,
        "closing": opened.closing,
        "outcome": codes.label(words.OUTCOMES, row.outcome) if row.outcome else "",
        "decline": codes.label(words.DECLINES, row.decline_reason) if row.decline_reason else "",
        "meetings": [(each, words.answer(each)) for each in opened.meetings],
        "scores": [words.score(each) for each in opened.scores],
        "filled": queries.filled_elsewhere(row) if row.state in OPEN else None,
        "history": words.steps(opened.transitions, row),
        "due": queries.answer_due(row) if row.state == "sent" else None,
        "consent": ConsentForm(prefix="consent", texts=queries.preview(row, opened.person), to=to, own=False),
        "close": CloseForm(prefix="close", met=queries.has_met(row)),
        "lonely": LonelyForm(prefix="lonely", own=False),
        **(bound or {}),
    }
    return render(request, "referrals/referral.html", context, status=422 if bound else 200)


def done(
    request: HttpRequest, back: tuple[str, uuid.UUID], doing: Callable[[], object], said: str, *, to: str = ""
) -> HttpResponseBase:
    """Does one thing to a referral and leads back to its page; a sentence there where it could not be done.

    to: the list to lead to where it was done, if the page is no more.
    """
    try:
        doing()
    except (NoReferral, people.NoBasis):
        raise Http404 from None
    except UserError as fault:
        messages.error(request, str(fault))
    else:
        messages.success(request, said)
        if to:
            return redirect(to)
    return redirect(back[0], referral=back[1])


@require_POST
@permitted("referral.consent")
def consent(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Records what the person has told the professional that they consent to."""
    user, sent = signed_in(request), request.POST
    return done(
        request,
        ("referral", referral),
        lambda: actions.consent(by=user, referral=referral, **consented(sent)),
        _("The consent is recorded."),
    )


def consented(sent: QueryDict) -> dict[str, Any]:
    """What a form of consent sent."""
    return {"items": sent.getlist("consent-items"), "reads_closing": "consent-reads_closing" in sent}


@require_POST
@permitted("referral.consent")
def send(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Sends a referral, or lets it wait for a place where the receiver is full."""
    user, wait = signed_in(request), "wait" in request.POST
    said = _("The referral waits for a place.") if wait else _("The referral is sent.")
    doing = lambda: actions.send(by=user, referral=referral, wait=wait)  # noqa: E731
    return done(request, ("referral", referral), doing, said)


@require_POST
@permitted("referral.consent")
def withdraw(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Withdraws a referral at the person's word."""
    user = signed_in(request)
    said = _("The referral is withdrawn, and what it said is erased.")
    doing = lambda: actions.withdraw(by=user, referral=referral)  # noqa: E731
    return done(request, ("referral", referral), doing, said, to="referrals")


@require_POST
@permitted("referral.make")
def ask_coordinator(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Asks the coordinator to find a receiver."""
    user = signed_in(request)
    return done(
        request,
        ("referral", referral),
        lambda: actions.ask_coordinator(by=user, referral=referral),
        _("The coordinator has been asked to find a receiver."),
    )


@require_POST
@permitted("referral.coordinate")
def take_back(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Takes a referral back from its receiver, for one who cannot take it or does not answer."""
    user, text = signed_in(request), request.POST.get("text", "").replace("\x00", "")
    return done(
        request,
        ("referral", referral),
        lambda: receiving.decline(by=user, referral=referral, reason="other", text=text),
        _("The referral is taken back. Choose another receiver with the person."),
    )


@require_POST
@permitted("referral.coordinate")
def close(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Ends a referral for a receiver who cannot."""
    user = signed_in(request)
    form = CloseForm(request.POST, prefix="close", met=queries.has_met(_opened(user, referral).referral))
    if not form.is_valid():
        return _page(request, referral, {"close": form})
    said = form.cleaned_data
    return done(
        request,
        ("referral", referral),
        lambda: receiving.close(by=user, referral=referral, **said),
        _("The referral has ended."),
    )


@require_POST
@permitted("referral.consent")
def lonely(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Keeps how lonely the person says they feel."""
    user, form = signed_in(request), LonelyForm(request.POST, prefix="lonely", own=False)
    if not form.is_valid():
        return _page(request, referral, {"lonely": form})
    value = form.cleaned_data["lonely"]
    moment = "after" if queries.has_met(_opened(user, referral).referral) else "before"
    return done(
        request,
        ("referral", referral),
        lambda: actions.score(by=user, referral=referral, moment=moment, lonely=value),
        _("The answer is kept."),
    )


@require_POST
@permitted("referral.consent")
def use_form(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Takes the form on wellbeing that the person has filled already."""
    user = signed_in(request)
    doing = lambda: actions.use_form(by=user, referral=referral)  # noqa: E731
    return done(request, ("referral", referral), doing, _("The answer is kept."))


@require_POST
@permitted("form.fill_for")
def wellbeing(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Begins the form on wellbeing with the person; its result comes to the referral when it is filled."""
    user = signed_in(request)
    opened = _opened(user, referral)
    if opened.referral.state == WITHDRAWN:
        raise Http404
    offered = published.newest(queries.FORM)
    if offered is None:
        messages.error(request, _("The form on wellbeing is not here. Ask the administrator."))
        return redirect("referral", referral=referral)
    response = answering.start(
        by=user,
        whose=Whose(resident=opened.person, by=user),
        version=offered.version,
        answered_by=AnsweredBy.PROFESSIONAL,
        context="referral",
        context_id=str(referral),
        unit=opened.referral.unit,
    )
    return redirect("fill_for", person=opened.person.id, response=response.pk)
