"""Giving feedback without signing in: from the public page, at a place, at a screen, by a link that answers once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from luotsi.concepts.errors import UserError
from luotsi.web.assessments import pace
from luotsi.web.feedback import actions, asking, queries, words
from luotsi.web.feedback.asking import Asked
from luotsi.web.feedback.forms import AboutForm
from luotsi.web.feedback.models import Answer, Invitation, Place


@dataclass(frozen=True)
class Way:
    """One way in: which form, what it is about, how it came, where it leads after."""

    form: str
    channel: str
    name: str
    about: dict[str, str] = field(default_factory=dict[str, str])
    place: Place | None = None
    invitation: Invitation | None = None
    screen: bool = False

    @property
    def limit(self) -> tuple[str, int]:
        """Who is counted, with how much an hour may have; "" for the address the request came from."""
        return (f"screen {self.place}", pace.AT_ONE_SCREEN) if self.screen else ("", pace.FROM_ONE_ADDRESS)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def front(request: HttpRequest) -> HttpResponseBase:
    """Feedback at any time: on the unit and service that one chooses, or on the county."""
    about = AboutForm(request.POST or request.GET or None)
    said = about.cleaned_data if about.is_valid() else {}
    known = {name: str(value) for name, value in said.items() if value}
    return _answered(request, Way(asking.GENERAL, "web", "feedback", known), about)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def at(request: HttpRequest, code: str) -> HttpResponseBase:
    """Feedback at a place, by the code on its poster."""
    place = _place(code)
    return _answered(request, Way(place.form, "web", "feedback_at", place.ties(), place))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def screen(request: HttpRequest, code: str) -> HttpResponseBase:
    """The same at a screen that stands there: large, alone on the page, ready for the next after each answer."""
    place = _place(code)
    return _answered(request, Way(place.form, "terminal", "feedback_screen", place.ties(), place, screen=True))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Feedback by a link of one's own, once."""
    found = queries.invitation(secret)
    if found is None:
        raise Http404(_("This link is not one of ours. Check that it is whole."))
    resent = request.method == "POST" and Answer.objects.filter(pk=_answer_id(request), invitation=found).exists()
    if resent:
        return redirect("feedback_thanks", answer=_answer_id(request))
    if found.answered_at is not None or found.expires_at <= timezone.now():
        return render(request, "feedback/over.html", {"answered": found.answered_at is not None}, status=410)
    return _answered(request, Way(found.form, found.channel, "feedback_link", found.ties(), invitation=found))


@never_cache
@require_safe
def thanks(request: HttpRequest, answer: uuid.UUID) -> HttpResponse:
    """Thanks, and by when whoever asked for a reply gets one."""
    found = Answer.objects.filter(pk=answer).first()
    if found is None:
        raise Http404
    about = {"due": case.due_at if (case := queries.case_of(found)) else None, "unit": found.unit}
    about["told"] = asking.told(found, words.language())
    return render(request, "feedback/thanks.html", about)


@never_cache
@require_safe
def screen_thanks(request: HttpRequest, code: str) -> HttpResponse:
    """Thanks at a screen, which goes back to the questions by itself."""
    return render(
        request, "feedback/screen_thanks.html", {"again": reverse("feedback_screen", args=[_place(code).code])}
    )


def _place(code: str) -> Place:
    found = queries.place(code)
    if found is None:
        raise Http404(_("There is no place with this code. Check the address on the poster."))
    if found.closed_on is not None:
        raise Http404(_("Feedback is no longer given here. You can give it on the public page."))
    return found


def _answer_id(request: HttpRequest) -> uuid.UUID:
    """The answer that this page is: chosen when it was opened, so that a page sent twice is one answer."""
    try:
        return uuid.UUID(request.POST.get("answer", ""))
    except ValueError:
        return uuid.uuid4()


def _answered(request: HttpRequest, way: Way, about: AboutForm | None = None) -> HttpResponseBase:
    """The page of questions, or what its sending leads to."""
    sent = request.POST if request.method == "POST" else None
    try:
        asked = asking.asked(way.form, sent, words.language())
    except UserError:
        raise Http404(_("This form is not in use any more. You can give feedback on the public page.")) from None
    if sent is None:
        return _page(request, way, asked, about)
    if "part" in sent and request.headers.get("hx-request"):
        if asked.paths == sent.get("shown"):
            return HttpResponse(status=204)  # nothing opened or closed, and what is being typed stays
        return render(request, "feedback/parts/questions.html", {"asked": asked})
    opened = set(asked.paths.split()) - set(sent.get("shown", "").split())
    if opened:
        return _page(request, way, asked, about, told=_("Your answers opened more questions. Answer them, then send."))
    faults = asking.faults(asked)
    if faults:
        return _page(request, way, asked, about, faults=faults, status=422)
    given = asking.given(asked)
    if given.is_empty:
        return _page(request, way, asked, about, told=_("Answer at least one question before you send."), status=422)
    who, most = way.limit
    if pace.too_fast(who or pace.address(request), most):
        return render(request, "feedback/too_fast.html", status=429)
    try:
        answer = actions.answer(
            by=None,
            answer_id=_answer_id(request),
            given=given,
            about=way.about,
            channel=way.channel,
            place=way.place,
            invitation=way.invitation,
        )
    except UserError:
        return render(request, "feedback/over.html", {"answered": True}, status=410)
    if way.screen and way.place is not None:
        return redirect("feedback_screen_thanks", code=way.place.code)
    return redirect("feedback_thanks", answer=answer.pk)


def _page(
    request: HttpRequest,
    way: Way,
    asked: Asked,
    about: AboutForm | None,
    *,
    told: str = "",
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "asked": asked,
        "about": about,
        "told": told,
        "faults": faults or {},
        "answer": _answer_id(request) if request.method == "POST" else uuid.uuid4(),
        "record": asked.form.record,
        "title": words.said(asked.form.record.label),
        "lead": words.said(asked.form.record.about),
        "concerns": words.about(way.about),
        "way": way,
    }
    template = "feedback/screen.html" if way.screen else "feedback/give.html"
    return render(request, template, context, status=status)
