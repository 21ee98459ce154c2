"""A client's forms, for professionals: answers beside those of the last time, filling together, class and plan."""

from __future__ import annotations

import uuid
from typing import Any

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
from luotsi.web.assessments.forms import MarkForm, OverrideForm, PlanForm
from luotsi.web.assessments.inviting import queries as inviting
from luotsi.web.assessments.inviting import telling as invited
from luotsi.web.assessments.models import AnsweredBy
from luotsi.web.assessments.queries import Sitting, Whose
from luotsi.web.assessments.views import answering
from luotsi.web.assessments.views.answering import Here
from luotsi.web.assessments.views.arriving import client, language, sitting
from luotsi.web.people.permissions import Role, may, permitted
from luotsi.web.people.sessions import signed_in
from luotsi.web.people.views.persons import with_basis

READ = ("GET", "HEAD")


@never_cache
@require_safe
@permitted("answers.read")
@with_basis
def client_forms(request: HttpRequest, person: uuid.UUID) -> HttpResponseBase:
    """What a client has filled and is to fill, and the forms a professional can fill with them."""
    whose = client(request, person)
    found = [telling.listed(each, language(), whose) for each in queries.responses(whose)]
    offered = [{"form": each, **telling.about(each.form, language())} for each in published.offered()]
    context = {
        "person": whose.resident,
        "invited": [invited.listed(each, language()) for each in inviting.of_person(whose)],
        "filled": [each for each in found if each["response"].completed_at],
        "begun": [each for each in found if not each["response"].completed_at],
        "offered": sorted(
            (each for each in offered if each["record"].kind not in ("feedback", "survey", "maturity")),
            key=lambda each: each["title"].casefold(),
        ),
    }
    return render(request, "assessments/client_forms.html", context)


@require_POST
@permitted("form.fill_for")
@with_basis
def begin_for(request: HttpRequest, person: uuid.UUID, form: str) -> HttpResponseBase:
    """Begins a form with a client, or asks the client to fill it."""
    whose, found = client(request, person), published.newest(form)
    if found is None:
        raise Http404
    asked = request.POST.get("how") == "ask" and found.record.audience != "professional"
    response = actions.start(
        by=whose.by,
        whose=whose,
        version=found.version,
        answered_by=AnsweredBy.SELF if asked else AnsweredBy.PROFESSIONAL,
        context="invitation" if asked else "",
        unit=min((unit for role, unit in whose.by.held if role == Role.PROFESSIONAL), default=""),
    )
    if asked:
        messages.success(request, _("The client finds the form among their own forms."))
        return redirect("client_forms", person=person)
    return redirect("fill_for", person=person, response=response.pk)


def _here(request: HttpRequest, whose: Whose, response: uuid.UUID) -> Here:
    named = {"person": whose.resident.id, "response": response}
    seen = reverse("client_answers", kwargs=named)
    return Here(
        request,
        whose,
        address=reverse("fill_for", kwargs=named),
        result=seen,
        stop=seen,
        leave=reverse("client_forms", kwargs={"person": whose.resident.id}),
        correct=reverse("correct_for", kwargs=named),
        professional=True,
    )


@permitted("form.fill_for")
@with_basis
def _fill_for(request: HttpRequest, person: uuid.UUID, response: uuid.UUID) -> HttpResponseBase:
    whose = client(request, person)
    return answering.answer(_here(request, whose, response), response)


@csrf_exempt
@never_cache
@require_http_methods([*READ, "POST"])
def fill_for(request: HttpRequest, person: uuid.UUID, response: uuid.UUID) -> HttpResponseBase:
    """A form being filled with a client. Its pages carry a token of their own, as those of residents do."""
    if request.method == "POST":
        kept = answering.away(request, response)
        if kept is not None:
            return kept
    return _fill_for(request, person, response=response)


fill_for.action = "form.fill_for"  # pyright: ignore[reportFunctionMemberAccess]


@never_cache
@require_safe
@permitted("answers.read")
@with_basis
def client_answers(request: HttpRequest, person: uuid.UUID, response: uuid.UUID) -> HttpResponseBase:
    """A client's answers: what they mean, what has changed since the last time, class, plan, mark."""
    whose = client(request, person)
    return _answers_page(request, whose, sitting(whose, response))


def _answers_page(
    request: HttpRequest, whose: Whose, now: Sitting, status: int = 200, **forms: Any
) -> HttpResponseBase:
    before = queries.earlier(whose, now.response)
    answers = telling.lines(now, language(), before)
    context = {
        **telling.result(now, whose, language()),
        "person": whose.resident,
        "answers": answers,
        "before": before.response if before else None,
        "changed": [each for each in answers if each.before is not None],
        "may_judge": not now.open and may(request.user, "answers.judge"),
        "open": now.open,
        "stopped": now.open and now.result().stops,
        "classed": _classed(now, forms),
        "plan_form": forms.get("plan_form") or PlanForm(),
        "mark_form": forms.get("mark_form") or MarkForm(initial={"minor_mark": now.response.minor_mark}),
        "minor": 12 <= queries.age(whose.resident) < 18,
    }
    return render(request, "assessments/client_answers.html", context, status=status)


def _classed(now: Sitting, forms: dict[str, Any]) -> list[tuple[str, str, OverrideForm]]:
    """Each score with classes: its name, its label, the form to choose another class."""
    found: list[tuple[str, str, OverrideForm]] = []
    for name, scored in now.result().scores.items():
        if scored.klass is None:
            continue
        bad = forms.get("override_form") if forms.get("score") == name else None
        form = bad or OverrideForm(classes=_classes(now, name), prefix=name)
        found.append((name, telling.label(scored.record.label, language()), form))
    return found


def _classes(now: Sitting, score: str) -> list[tuple[str, str]]:
    record = now.form.record.scores[score]
    return [(each.code, telling.label(each.label, language())) for each in record.classes]


@require_POST
@permitted("answers.judge")
@with_basis
def override(request: HttpRequest, person: uuid.UUID, response: uuid.UUID, score: str) -> HttpResponseBase:
    """Puts another class in the place of the computed one."""
    whose = client(request, person)
    now = sitting(whose, response)
    if score not in now.form.record.scores:
        raise Http404
    form = OverrideForm(request.POST, classes=_classes(now, score), prefix=score)
    if form.is_valid():
        try:
            actions.override(by=whose.by, whose=whose, response=response, score=score, **form.cleaned_data)
        except UserError as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("The class has been changed. The client sees it with your reason."))
            return redirect("client_answers", person=person, response=response)
    return _answers_page(request, whose, now, 422, override_form=form, score=score)


@require_POST
@permitted("answers.judge")
@with_basis
def agree_plan(request: HttpRequest, person: uuid.UUID, response: uuid.UUID) -> HttpResponseBase:
    """Writes down what was agreed on."""
    whose = client(request, person)
    now, form = sitting(whose, response), PlanForm(request.POST)
    if form.is_valid():
        actions.agree_plan(by=whose.by, whose=whose, response=response, **form.cleaned_data)
        messages.success(request, _("The plan is written down. The client sees it."))
        return redirect("client_answers", person=person, response=response)
    return _answers_page(request, whose, now, 422, plan_form=form)


@require_POST
@permitted("answers.judge")
@with_basis
def mark(request: HttpRequest, person: uuid.UUID, response: uuid.UUID) -> HttpResponseBase:
    """Records whether a minor can decide, and whether guardians see the answers."""
    whose = client(request, person)
    now, form = sitting(whose, response), MarkForm(request.POST)
    if form.is_valid():
        actions.mark(by=whose.by, whose=whose, response=response, **form.cleaned_data)
        messages.success(request, _("The mark is recorded."))
        return redirect("client_answers", person=person, response=response)
    return _answers_page(request, whose, now, 422, mark_form=form)


@require_POST
@permitted("form.fill_for")
@with_basis
def stop_for(request: HttpRequest, person: uuid.UUID, response: uuid.UUID) -> HttpResponseBase:
    """Ends a form at its red flag, as the client's own page does."""
    whose = client(request, person)
    sitting(whose, response)
    try:
        actions.complete(by=whose.by, whose=whose, response=response, stopped=True)
    except UserError as fault:
        messages.error(request, str(fault))
    return redirect("client_answers", person=person, response=response)


@require_POST
@permitted("form.fill_for")
@with_basis
def correct_for(request: HttpRequest, person: uuid.UUID, response: uuid.UUID) -> HttpResponseBase:
    """Opens filled answers for correction together with the client."""
    whose = client(request, person)
    sitting(whose, response)
    new = actions.correct(by=signed_in(request), whose=whose, response=response)
    answers = saving.texts(dict(request.POST.lists()))
    if answers:
        sent = Sent(new.revision, answers)
        actions.save(by=whose.by, whose=whose, response=new.pk, sent=sent, language=language())
    return redirect("fill_for", person=person, response=new.pk)
