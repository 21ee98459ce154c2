"""One's own referrals, or those of the person one acts for: what goes to whom, times, how one is, withdrawing."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from luotsi.concepts.referrals import ATTENDING, CLOSED, MET
from luotsi.web.assessments import actions as answering
from luotsi.web.assessments import published
from luotsi.web.assessments.models import AnsweredBy
from luotsi.web.assessments.queries import Whose
from luotsi.web.people import codes
from luotsi.web.people.acting import acting
from luotsi.web.people.permissions import permitted
from luotsi.web.people.sessions import signed_in
from luotsi.web.people.words import units
from luotsi.web.referrals import actions, queries, words
from luotsi.web.referrals.forms import MOST, ConsentForm, LonelyForm, WishForm, WordsForm
from luotsi.web.referrals.queries import NoReferral
from luotsi.web.referrals.views.staff import consented, done, words_of_programme


@never_cache
@require_safe
@permitted("own_referral.answer")
def own_referrals(request: HttpRequest) -> HttpResponse:
    """The referrals, the last first."""
    _person, found = queries.own(by=signed_in(request), acting=acting(request))
    rows = [
        (
            each.referral,
            words.receiver(each.referral.receiver),
            words.state(each.referral.state),
            _told(each.referral.state),
        )
        for each in found
    ]
    return render(request, "referrals/own.html", {"rows": rows, "about": words_of_programme()})


def _wish(meeting: uuid.UUID) -> WishForm:
    """What other time would do; each meeting has a field of its own name for those who hear the page."""
    return WishForm(prefix="wish", auto_id=f"id_{meeting}_%s")


def _told(state: str) -> str:
    return str(words.TOLD.get(state, ""))


@never_cache
@require_safe
@permitted("own_referral.answer")
def own_referral(request: HttpRequest, referral: uuid.UUID) -> HttpResponse:
    """A referral: exactly what is passed on, what comes next, and what one can do."""
    return _page(request, referral)


def _page(request: HttpRequest, referral: uuid.UUID, bound: dict[str, Any] | None = None) -> HttpResponse:
    try:
        person, found = queries.own_one(by=signed_in(request), referral=referral, acting=acting(request))
    except NoReferral:
        raise Http404 from None
    row, named = found.referral, units()
    to = words.receiver(row.receiver)
    texts = queries.preview(row, person)
    context = {
        "referral": row,
        "to": to,
        "unit": named.get(row.unit, row.unit),
        "state": words.state(row.state),
        "told": _told(row.state),
        "passed": words.items(found.passed),
        "given": found.consent,
        "receives": row.state in ("sent", "accepted", "proposed", MET, ATTENDING),
        "may_consent": row.state == "draft" and row.receiver is not None,
        "met": queries.has_met(row),
        "ended": row.state == CLOSED,
        "outcome": codes.label(words.OUTCOMES, row.outcome) if row.outcome else "",
        "meetings": [(each, words.answer(each), _wish(each.pk)) for each in found.meetings],
        "may_answer": row.state in ("accepted", "proposed", MET, ATTENDING),
        "scores": [words.score(each) for each in found.scores],
        "filled": None if acting(request) else queries.filled_elsewhere(row),
        "consent": ConsentForm(prefix="consent", texts=texts, to=to, own=True),
        "words": WordsForm(prefix="words", initial={"words": row.own_words}),
        "lonely": LonelyForm(prefix="lonely"),
        **(bound or {}),
    }
    return render(request, "referrals/own_referral.html", context, status=422 if bound else 200)


@require_POST
@permitted("referral.consent")
def own_consent(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Consents to what is chosen, and sends it where the receiver has a place."""
    user, chosen, by = signed_in(request), consented(request.POST), acting(request)

    def doing() -> None:
        actions.consent(by=user, referral=referral, acting=by, **chosen)
        actions.send(by=user, referral=referral, acting=by, wait=True)

    return done(request, ("own_referral", referral), doing, _("Your consent is kept."))


@require_POST
@permitted("referral.consent")
def own_send(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Sends what one has consented to."""
    user, by = signed_in(request), acting(request)
    doing = lambda: actions.send(by=user, referral=referral, acting=by, wait=True)  # noqa: E731
    return done(request, ("own_referral", referral), doing, _("It is done."))


@require_POST
@permitted("referral.consent")
def own_withdraw(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Withdraws consent: the referral stops, and what it says is erased."""
    user, by = signed_in(request), acting(request)
    doing = lambda: actions.withdraw(by=user, referral=referral, acting=by)  # noqa: E731
    said = _("Your consent is withdrawn. What was told of you is erased, and no one is given more.")
    return done(request, ("own_referral", referral), doing, said, to="own_referrals")


@require_POST
@permitted("own_referral.answer")
def answer_time(request: HttpRequest, referral: uuid.UUID, meeting: uuid.UUID) -> HttpResponseBase:
    """Accepts a proposed time, or asks for another."""
    user, by, form = signed_in(request), acting(request), WishForm(request.POST, prefix="wish")
    if not form.is_valid():
        messages.error(request, _("Something is too long. Write it in %(most)s characters.") % {"most": MOST})
        return redirect("own_referral", referral=referral)
    accepted, wish = "accept" in request.POST, form.cleaned_data["wish"]
    return done(
        request,
        ("own_referral", referral),
        lambda: actions.answer_time(by=user, meeting=meeting, accepted=accepted, wish=wish, acting=by),
        _("The time is agreed on.") if accepted else _("The receiver is asked for another time."),
    )


@require_POST
@permitted("own_referral.answer")
def own_words(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Keeps how it has gone in one's own words."""
    user, by, form = signed_in(request), acting(request), WordsForm(request.POST, prefix="words")
    if not form.is_valid():
        return _page(request, referral, {"words": form})
    said = form.cleaned_data["words"]
    doing = lambda: actions.tell(by=user, referral=referral, words=said, acting=by)  # noqa: E731
    return done(request, ("own_referral", referral), doing, _("Thank you. Your words are kept."))


@require_POST
@permitted("own_referral.answer")
def own_lonely(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Keeps how lonely one feels."""
    user, by, form = signed_in(request), acting(request), LonelyForm(request.POST, prefix="lonely")
    if not form.is_valid():
        return _page(request, referral, {"lonely": form})
    value = form.cleaned_data["lonely"]

    def doing() -> None:
        _person, found = queries.own_one(by=user, referral=referral, acting=by)
        moment = "after" if queries.has_met(found.referral) else "before"
        actions.score(by=user, referral=referral, moment=moment, lonely=value, acting=by)

    return done(request, ("own_referral", referral), doing, _("Thank you. Your answer is kept."))


@require_POST
@permitted("own_referral.answer")
def own_form(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Takes the form on wellbeing that one has filled already."""
    user, by = signed_in(request), acting(request)
    doing = lambda: actions.use_form(by=user, referral=referral, acting=by)  # noqa: E731
    return done(request, ("own_referral", referral), doing, _("Thank you. Your answer is kept."))


@require_POST
@permitted("form.answer")
def own_wellbeing(request: HttpRequest, referral: uuid.UUID) -> HttpResponseBase:
    """Begins the form on wellbeing; its result comes to the referral when it is filled."""
    user, by = signed_in(request), acting(request)
    try:
        person, _found = queries.own_one(by=user, referral=referral, acting=by)
    except NoReferral:
        raise Http404 from None
    offered = published.newest(queries.FORM)
    if offered is None:
        messages.error(request, _("The form on wellbeing is not here. Ask the administrator."))
        return redirect("own_referral", referral=referral)
    response = answering.start(
        by=user,
        whose=Whose(resident=person, by=user, acting=by),
        version=offered.version,
        answered_by=AnsweredBy(by.kind) if by else AnsweredBy.SELF,
        context="referral",
        context_id=str(referral),
    )
    return redirect("answer", response=response.pk)
