"""A form being answered, page by page: what both residents and professionals see when they fill one.

A page saves whatever it is left by. Its own token stands for the session's, so that a page that was open when the
session ended loses nothing. Who may open which form stands in resident.py and staff.py.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError
from luotsi.forms.problems import Problem
from luotsi.web.assessments import actions, queries, saving
from luotsi.web.assessments.actions import Saved, Sent
from luotsi.web.assessments.drawn import WHOLE, Answered, Page, drawn, pages
from luotsi.web.assessments.queries import Sitting, Whose
from luotsi.web.assessments.saving import KEEP, Taken
from luotsi.web.assessments.views.arriving import TooBig, language, posted, shown_by, token, whole_number
from luotsi.web.people.models import User
from luotsi.web.people.sessions import signed_in


@dataclass(frozen=True)
class Here:
    """Where a form is filled: whose, by whom, and the addresses around it."""

    request: HttpRequest
    whose: Whose
    address: str
    result: str
    stop: str
    leave: str
    correct: str
    professional: bool = False

    @property
    def user(self) -> User:
        """Who answers."""
        return signed_in(self.request)


def answer(here: Here, response: uuid.UUID) -> HttpResponseBase:
    """Shows a page of a form, or saves one and leads on. Raises Http404 where the response is none of theirs."""
    try:
        return _sent(here, response) if here.request.method == "POST" else _shown(here, response)
    except queries.NoResponse:
        raise Http404 from None


def _shown(here: Here, response: uuid.UUID) -> HttpResponseBase:
    taken = Taken()
    sitting = _open(here, response)
    if sitting.open and queries.has_unsent(here.user, sitting.response):
        taken = actions.take_unsent(by=here.user, whose=here.whose, response=response, language=language())
        sitting = _open(here, response)
        if taken.conflicts:
            return _conflict(here, sitting, taken)
        if taken.before:
            messages.success(here.request, _("What you wrote before you were signed out has been saved."))
    if not sitting.open:
        return HttpResponseRedirect(here.result)
    problems = sitting.filling.problems(language(), missing=False)
    return _page(here, sitting, here.request.GET.get("page", ""), _answered(taken, problems))


def _open(here: Here, response: uuid.UUID) -> Sitting:
    return queries.opened(here.whose, response)


def away(request: HttpRequest, response: uuid.UUID) -> HttpResponseBase | None:
    """What a page leads to that was sent without the session of the one who opened it: what it sent is kept for them.

    None where the session is theirs, or the page shows no token of ours.
    """
    try:
        data = posted(request)
    except TooBig:
        return None
    found = shown_by(data.get("token", ""))
    if found is None or found[0] != response or found[1] == request.user.pk:
        return None
    answers = saving.texts(dict(data.lists()))
    page, revision = data.get("page", "").replace("\x00", ""), whole_number(data.get("revision", ""))
    actions.keep_unsent(
        by=None, user=found[1], response=response, revision=revision, page=page, answers=_bounded(answers)
    )
    if request.user.is_authenticated:
        return render(request, "assessments/stale.html", {"kept": True}, status=403)
    back = f"{request.path}?{urlencode({'page': page})}"
    lead = f"{reverse('sign_in')}?{urlencode({'next': back})}"
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(lead)
    return _said(request, "away", {"sign_in": lead})


def _bounded(answers: saving.Texts) -> saving.Texts:
    return {path: [each[: saving.LONGEST + 1] for each in texts] for path, texts in answers.items()}


def _sent(here: Here, response: uuid.UUID) -> HttpResponseBase:
    """Saves what a page sent, then leads where its button says."""
    try:
        data = posted(here.request)
    except TooBig:
        return render(here.request, "assessments/too_big.html", {"here": here}, status=413)
    if shown_by(data.get("token", "")) != (response, here.user.pk):
        return render(here.request, "assessments/stale.html", {"here": here}, status=403)
    go, _colon, path = data.get("go", "").partition(" ")
    group = (go, path) if go in ("add", "remove", "up", "down") else ("", "")
    chosen = {name.removeprefix(KEEP): str(data[name]) for name in data if name.startswith(KEEP)}
    sent = Sent(whole_number(data.get("revision", "")), saving.texts(dict(data.lists())), chosen, group)
    try:
        saved = actions.save(by=here.user, whose=here.whose, response=response, sent=sent, language=language())
    except UserError as fault:
        messages.warning(here.request, str(fault))
        return HttpResponseRedirect(here.address)
    if saved.late:
        return _late(here, saved, data)
    if saved.taken.conflicts:
        return _conflict(here, saved.sitting, saved.taken)
    return _onward(here, saved, data, go)


def _onward(here: Here, saved: Saved, data: QueryDict, go: str) -> HttpResponseBase:
    """Where a page leads once it is saved. A red flag comes before everything."""
    sitting, page = saved.sitting, data.get("page", "")
    if sitting.stops and go != "stopped":
        return leads(here.request, here.stop)
    problems = sitting.filling.problems(language())
    wrong = [*saved.taken.problems, *(each for each in problems if each.kind == "wrong")]
    answered = _answered(saved.taken, wrong)
    if go == "autosave":
        return _autosaved(here, sitting, page, answered, data)
    every = pages(sitting.filling.shown(language()), "")
    at = _place(every, page)
    if go in ("next", "finish"):
        here_too = every[at].paths()
        on_page = [each for each in problems if page == WHOLE or go == "finish" or each.path in here_too]
        told = _answered(saved.taken, [*saved.taken.problems, *on_page])
        if any(each.severity == "error" for each in told.problems):
            at = next((place for place, each in enumerate(every) if _concerns(each, told.problems)), at)
            return _page(here, sitting, page if page == WHOLE else every[at].path, told, status=422)
    if go == "finish":
        actions.complete(by=here.user, whose=here.whose, response=sitting.response.pk)
        return leads(here.request, here.result)
    if saved.taken.typed:
        return _page(here, sitting, page, answered, status=422)
    if go == "attach":
        return leads(here.request, f"{here.address}files/{quote(data.get('go', '').partition(' ')[2], safe=':')}/")
    if go == "leave":
        messages.success(here.request, _("Your answers are saved. You can go on later, on any device."))
        return leads(here.request, here.leave)
    step = {"next": 1, "back": -1}.get(go, 0)
    whole = go == "whole" or (page == WHOLE and go != "paged")
    there = WHOLE if whole else every[min(max(at + step, 0), len(every) - 1)].path
    return leads(
        here.request,
        f"{here.address}?{urlencode({'page': there})}" + (f"#g-{data.get('at', '')}" if data.get("at") else ""),
    )


def _concerns(page: Page, problems: Any) -> bool:
    paths = page.paths()
    return any(each.path in paths and each.severity == "error" for each in problems)


def _place(every: list[Page], path: str) -> int:
    """The page of a path; the first where it is not asked any more."""
    return next((place for place, each in enumerate(every) if each.path == path), 0)


def _answered(taken: Taken, problems: Any) -> Answered:
    """What a page shows beside what is kept; each problem once."""
    return Answered(taken.typed, tuple(dict.fromkeys(problems)))


def _page(here: Here, sitting: Sitting, path: str, answered: Answered, status: int = 200) -> HttpResponse:
    """One page of the form as HTML."""
    return render(here.request, "assessments/answer.html", _context(here, sitting, path, answered), status=status)


def _context(here: Here, sitting: Sitting, path: str, answered: Answered) -> dict[str, Any]:
    title = sitting.form.questionnaire.title(language()) or getattr(sitting.form.record.label, language())
    shown = sitting.filling.shown(language())
    every = pages(shown, title)
    at = _place(every, path)
    now = Page(WHOLE, "", shown) if path == WHOLE else every[at]
    answered = replace(answered, problems=_here(answered.problems, now))
    done, asked = sitting.filling.progress
    fields = drawn(now.shown, language(), answered)
    return {
        "here": here,
        "form": sitting.form,
        "record": sitting.form.record,
        "title": title,
        "about": getattr(sitting.form.record.about, language()),
        "response": sitting.response,
        "fields": fields,
        "page": now,
        "number": at + 1,
        "count": 1 if path == WHOLE else len(every),
        "whole": path == WHOLE,
        "first": path == WHOLE or at == 0,
        "last": path == WHOLE or at == len(every) - 1,
        "done": done,
        "asked": asked,
        "problems": [each for each in answered.problems if each.severity == "error"],
        "shape": shape_of(fields),
        "token": token(sitting.response.pk, here.user.pk),
    }


def _here(problems: Any, page: Page) -> tuple[Problem, ...]:
    paths = page.paths()
    return tuple(each for each in problems if each.path in paths or not each.path)


def shape_of(fields: Any) -> str:
    """What a page looks like apart from its answers: which questions, what is computed, what is wrong."""
    found = repr([_outline(each) for each in fields])
    return hashlib.sha256(found.encode()).hexdigest()[:16]


def _outline(field: Any) -> Any:
    choices = [choice.key for choice in field.choices]
    inner = [[_outline(each) for each in children] for _part, children in field.parts]
    return field.path, field.label, field.said if field.kind == "said" else "", field.problems, choices, inner


def _autosaved(here: Here, sitting: Sitting, page: str, answered: Answered, data: QueryDict) -> HttpResponse:
    """What HTMX gets: that it is saved, and the questions anew only where they are others than the page has."""
    context = _context(here, sitting, page, answered)
    if context["shape"] == data.get("shape"):
        response = _said(here.request, "saved", context)
        response["HX-Reswap"] = "none"
        return response
    return _said(here.request, "questions", {**context, "anew": True})


def _said(request: HttpRequest, part: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, f"assessments/parts/{part}.html", context)


def leads(request: HttpRequest, address: str) -> HttpResponse:
    """Leads to an address, also where HTMX asked."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _conflict(here: Here, sitting: Sitting, taken: Taken) -> HttpResponse:
    """Both answers to each question that two have answered, for the person to choose."""
    context = {
        "here": here,
        "conflicts": taken.conflicts,
        "response": sitting.response,
        "title": getattr(sitting.form.record.label, language()),
        "page": here.request.POST.get("page", "") if here.request.method == "POST" else "",
        "token": token(sitting.response.pk, here.user.pk),
    }
    if here.request.headers.get("HX-Request"):
        response = _said(here.request, "conflict", context)
        response["HX-Retarget"], response["HX-Reswap"] = "#questions", "innerHTML"
        return response
    return render(here.request, "assessments/conflict.html", context, status=409)


def _late(here: Here, saved: Saved, data: QueryDict) -> HttpResponseBase:
    """The form had been completed before: nothing lost, but nothing changed unasked."""
    if not saved.taken.before and not saved.taken.typed and not saved.taken.conflicts:
        return leads(here.request, here.result)
    changed = {*saved.taken.before, *saved.taken.typed} | {c.path for c in saved.taken.conflicts}
    names = [name for name in data if name[:2] in (saving.FIELD, saving.OWN) and name[2:] in changed]
    fields = [(name, value) for name in names for value in data.getlist(name)]
    context = {"here": here, "fields": fields, "count": len(changed)}
    return render(here.request, "assessments/late.html", context, status=409)
