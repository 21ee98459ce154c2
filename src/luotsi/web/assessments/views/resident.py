"""Forms of one's own: what there is to fill, filling, the red flag, the result, sending, correcting, printing."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luotsi.concepts.errors import UserError
from luotsi.web.assessments import actions, published, queries, saving, telling
from luotsi.web.assessments.actions import Sent
from luotsi.web.assessments.inviting import queries as inviting
from luotsi.web.assessments.inviting import telling as invited
from luotsi.web.assessments.models import AnsweredBy
from luotsi.web.assessments.queries import Whose
from luotsi.web.assessments.views import answering
from luotsi.web.assessments.views.answering import Here
from luotsi.web.assessments.views.arriving import language, own, sitting
from luotsi.web.people.permissions import permitted

READ = ("GET", "HEAD")


@never_cache
@require_safe
@permitted("form.answer")
def forms(request: HttpRequest) -> HttpResponseBase:
    """The forms one can fill, those begun and those filled."""
    whose = own(request)
    mine = queries.responses(whose)
    asked = [invited.listed(each, language()) for each in inviting.of(whose)]
    there = {each["own"].pk for each in asked if each["own"]}
    begun = [each for each in mine if each.completed_at is None and each.pk not in there]
    context = {
        "invited": asked,
        "begun": [telling.listed(each, language(), whose) for each in begun],
        "filled": [telling.listed(each, language(), whose) for each in mine if each.completed_at is not None],
        "offered": telling.offered_to(whose, language()),
    }
    return render(request, "assessments/forms.html", context)


@never_cache
@require_http_methods([*READ, "POST"])
@permitted("form.answer")
def form(request: HttpRequest, form: str) -> HttpResponseBase:
    """What a form is for; beginning it, or going on with it."""
    whose, found = own(request), published.newest(form)
    if found is None or found.record.audience == "professional":
        raise Http404
    if request.method == "POST":
        answered_by = AnsweredBy(whose.acting.kind) if whose.acting else AnsweredBy.SELF
        response = actions.start(by=whose.by, whose=whose, version=found.version, answered_by=answered_by)
        return redirect("answer", response=response.pk)
    begun = [each for each in queries.responses(whose) if each.version.form == form and each.completed_at is None]
    begun_one = begun[0] if begun else None
    context = {
        "form": found,
        "begun": begun_one,
        "takes_known": found.form.takes_known,
        **telling.about(found.form, language()),
    }
    return render(request, "assessments/form.html", context)


def _here(request: HttpRequest, whose: Whose, response: uuid.UUID) -> Here:
    named = {"response": response}
    return Here(
        request,
        whose,
        address=reverse("answer", kwargs=named),
        result=reverse("result", kwargs=named),
        stop=reverse("stopped", kwargs=named),
        leave=reverse("forms"),
        correct=reverse("correct", kwargs=named),
    )


@permitted("form.answer")
def _answer(request: HttpRequest, response: uuid.UUID) -> HttpResponseBase:
    whose = own(request)
    return answering.answer(_here(request, whose, response), response)


@csrf_exempt
@never_cache
@require_http_methods([*READ, "POST"])
def answer(request: HttpRequest, response: uuid.UUID) -> HttpResponseBase:
    """A form being filled. Its pages carry a signed token of their own in the place of Django's, which a new session
    changes: so a page that lay open when the session ended is kept, and taken in after signing in again.
    """
    if request.method == "POST":
        kept = answering.away(request, response)
        if kept is not None:
            return kept
    return _answer(request, response)


answer.action = "form.answer"  # pyright: ignore[reportFunctionMemberAccess]


@never_cache
@require_http_methods([*READ, "POST"])
@permitted("form.answer")
def stopped(request: HttpRequest, response: uuid.UUID) -> HttpResponseBase:
    """A red flag: where to call now. One may mend an answer, or leave the form here."""
    whose = own(request)
    now = sitting(whose, response)
    stops = now.result().stops
    if not stops:
        return redirect("answer", response=response)
    if request.method == "POST":
        actions.complete(by=whose.by, whose=whose, response=response, stopped=True)
        return redirect("result", response=response)
    context = {"stops": [telling.said(each, language()) for each in stops], "response": now.response}
    return render(request, "assessments/stopped.html", context | telling.about(now.form, language()))


@never_cache
@require_safe
@permitted("form.answer")
def result(request: HttpRequest, response: uuid.UUID) -> HttpResponseBase:
    """What the answers mean, what to do, and the way to the professionals."""
    whose = own(request)
    now = sitting(whose, response)
    if now.open:
        return redirect("answer", response=response)
    return render(request, "assessments/result.html", telling.result(now, whose, language()))


@require_POST
@permitted("form.answer")
def send(request: HttpRequest, response: uuid.UUID) -> HttpResponseBase:
    """Sends the answers to the professionals."""
    whose = own(request)
    sitting(whose, response)
    try:
        actions.send(by=whose.by, whose=whose, response=response)
    except UserError as fault:
        messages.error(request, str(fault))
    else:
        messages.success(request, _("Your answers have been sent."))
    return redirect("result", response=response)


@require_POST
@permitted("form.answer")
def correct(request: HttpRequest, response: uuid.UUID) -> HttpResponseBase:
    """Opens filled answers for correction, with what a page has sent too late where it sends it again."""
    whose = own(request)
    sitting(whose, response)
    new = actions.correct(by=whose.by, whose=whose, response=response)
    answers = saving.texts(dict(request.POST.lists()))
    if answers:
        sent = Sent(new.revision, answers)
        actions.save(by=whose.by, whose=whose, response=new.pk, sent=sent, language=language())
    return redirect("answer", response=new.pk)


@never_cache
@require_safe
@permitted("form.answer")
def on_paper(request: HttpRequest, response: uuid.UUID) -> HttpResponseBase:
    """The whole form with its answers, to print."""
    now = sitting(own(request), response)
    context = {
        "response": now.response,
        "answers": telling.lines(now, language()),
        **telling.about(now.form, language()),
    }
    return render(request, "assessments/paper.html", context)
