"""A form answered by a secret link, without signing in: what it is for, its pages, its result.

The link's secret is the right to answer, and the address of a response the right to go on with it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from luotsi.concepts.errors import UserError
from luotsi.forms import printing
from luotsi.forms.problems import Problem
from luotsi.web.assessments import pace, published, saving, telling
from luotsi.web.assessments.drawn import WHOLE, Answered, Page, drawn, pages
from luotsi.web.assessments.linking import actions, queries
from luotsi.web.assessments.linking.models import Link
from luotsi.web.assessments.linking.queries import Opened
from luotsi.web.assessments.views.answering import leads, shape_of
from luotsi.web.assessments.views.arriving import TooBig, language, posted, whole_number

READ = ("GET", "HEAD")
BEGUN_FROM_ONE_ADDRESS = 60
"""Responses that may be begun in an hour from one address: an office is one, and its staff answer together."""


@dataclass(frozen=True)
class There:
    """Where a form is answered by a link; what the templates of answering ask of it."""

    address: str
    user: None = None


def _link(secret: str) -> Link:
    found = queries.link(secret)
    if found is None:
        raise Http404(_("This link is not one of ours. Check that it is whole."))
    return found


def _opened(found: Link, response: uuid.UUID) -> Opened:
    opened = queries.opened(found, response)
    if opened is None:
        raise Http404
    return opened


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "assessments/linking/over.html", status=410)


@csrf_exempt
@never_cache
@require_http_methods([*READ, "POST"])
def by_link(request: HttpRequest, secret: str) -> HttpResponseBase:
    """What the form of a link is for; beginning it, or going on where the link makes one response."""
    found = _link(secret)
    offered = published.newest(found.form)
    if not queries.is_open(found) or offered is None or not offered.record.by_link:
        return _over(request)
    if request.method == "POST":
        if pace.too_fast(f"link {pace.address(request)}", BEGUN_FROM_ONE_ADDRESS):
            return render(request, "assessments/linking/too_fast.html", status=429)
        response = actions.begin(by=None, link=found)
        return redirect("link_answer", secret, response.pk)
    context = {"link": found, "form": offered, **telling.about(offered.form, language())}
    return render(request, "assessments/linking/start.html", context)


@csrf_exempt
@never_cache
@require_http_methods([*READ, "POST"])
def answer(request: HttpRequest, secret: str, response: uuid.UUID) -> HttpResponseBase:
    """A page of the form, or saving one. The address holds the secret, which stands for Django's token."""
    found = _link(secret)
    opened = _opened(found, response)
    if not opened.open:
        return redirect("link_result", secret, response)
    if not queries.is_open(found):
        return _over(request)
    there = There(reverse("link_answer", args=(secret, response)))
    if request.method != "POST":
        wrong = opened.filling.problems(language(), missing=False)
        return _page(request, there, opened, request.GET.get("page", ""), Answered(problems=wrong))
    try:
        data = posted(request)
    except TooBig:
        return render(request, "assessments/too_big.html", {"here": there}, status=413)
    go, _space, path = data.get("go", "").partition(" ")
    group = (go, path) if go in ("add", "remove", "up", "down") else ("", "")
    answers = saving.texts(dict(data.lists()))
    revision = whole_number(data.get("revision", ""))
    try:
        saved = actions.save(
            by=None, link=found, response=response, revision=revision, answers=answers, group=group, language=language()
        )
        if saved is None:
            raise Http404
        return _onward(request, there, found, saved, data, go)
    except UserError as fault:
        messages.warning(request, str(fault))
        return HttpResponseRedirect(there.address)


def _onward(
    request: HttpRequest, there: There, found: Link, saved: actions.Saved, data: QueryDict, go: str
) -> HttpResponseBase:
    """Where a page leads once it is saved."""
    opened, taken, page = saved.opened, saved.taken, data.get("page", "")
    if saved.stale:
        return _stale(request, there, saved, page)
    every = pages(opened.filling.shown(language()), "")
    at = _place(every, page)
    if go in ("next", "finish"):
        missing = opened.filling.problems(language())
        whole = page == WHOLE or go == "finish"
        on_page = [each for each in missing if whole or each.path in every[at].paths()]
        wrong = tuple(dict.fromkeys([*taken.problems, *on_page]))
        if any(each.severity == "error" for each in wrong):
            at = next((place for place, each in enumerate(every) if _concerns(each, wrong)), at)
            there_now = page if page == WHOLE else every[at].path
            return _page(request, there, opened, there_now, Answered(taken.typed, wrong), status=422)
    if go == "finish":
        actions.complete(by=None, link=found, response=opened.response.pk)
        return leads(request, f"{there.address}result/")
    wrong = tuple(dict.fromkeys([*taken.problems, *opened.filling.problems(language(), missing=False)]))
    if taken.typed or go in ("", "save", "autosave", "leave"):
        if go == "leave" and not taken.typed:
            messages.success(request, _("Your answers are saved. Keep the address of this page: by it you can go on."))
        return _page(request, there, opened, page, Answered(taken.typed, wrong), status=422 if taken.typed else 200)
    step = {"next": 1, "back": -1}.get(go, 0)
    stays_whole = go == "whole" or (page == WHOLE and go != "paged")
    to = WHOLE if stays_whole else every[min(max(at + step, 0), len(every) - 1)].path
    return HttpResponseRedirect(f"{there.address}?{urlencode({'page': to})}")


def _stale(request: HttpRequest, there: There, saved: actions.Saved, page: str) -> HttpResponseBase:
    """A page drawn from other answers than those that stand: shown again with what it sent, for the person to check."""
    if not saved.opened.open:
        return leads(request, f"{there.address}result/")
    text = _("These answers have been changed in another window. Look at this page, and send it again.")
    problem = Problem("", "", text)
    return _page(request, there, saved.opened, page, Answered(saved.taken.typed, (problem,)), status=409)


def _concerns(page: Page, problems: Any) -> bool:
    paths = page.paths()
    return any(each.path in paths and each.severity == "error" for each in problems)


def _place(every: list[Page], path: str) -> int:
    return next((place for place, each in enumerate(every) if each.path == path), 0)


def _page(
    request: HttpRequest, there: There, opened: Opened, path: str, answered: Answered, status: int = 200
) -> HttpResponse:
    """One page of the form."""
    form, shown = opened.form, opened.filling.shown(language())
    every = pages(shown, "")
    at = _place(every, path)
    whole = path == WHOLE
    now = Page(WHOLE, "", shown) if whole else every[at]
    paths = now.paths()
    here = Answered(answered.texts, tuple(each for each in answered.problems if each.path in paths or not each.path))
    fields = drawn(now.shown, language(), here)
    context = {
        **telling.about(form, language()),
        "here": there,
        "form": form,
        "response": opened.response,
        "fields": fields,
        "shape": shape_of(fields),
        "page": now,
        "number": at + 1,
        "count": 1 if whole else len(every),
        "whole": whole,
        "first": whole or at == 0,
        "last": whole or at == len(every) - 1,
        "problems": [each for each in here.problems if each.severity == "error"],
    }
    if not request.headers.get("HX-Request"):
        return render(request, "assessments/linking/answer.html", context, status=status)
    same = status != 409 and context["shape"] == posted(request).get("shape")
    drawn_part = render(
        request, f"assessments/parts/{'saved' if same else 'questions'}.html", {**context, "anew": True}
    )
    if same:
        drawn_part["HX-Reswap"] = "none"
    return drawn_part


@never_cache
@require_safe
def result(request: HttpRequest, secret: str, response: uuid.UUID) -> HttpResponseBase:
    """What the answers mean, and the answers themselves."""
    opened = _opened(_link(secret), response)
    if opened.open:
        return redirect("link_answer", secret, response)
    found = opened.result()
    context = {
        **telling.about(opened.form, language()),
        "response": opened.response,
        "outcomes": [telling.said(each, language()) for each in found.outcomes],
        "scales": [telling.scale(each, language()) for each in found.scores.values() if each.value is not None],
        "answers": printing.answered(opened.filling, language()),
    }
    return render(request, "assessments/linking/result.html", context)
