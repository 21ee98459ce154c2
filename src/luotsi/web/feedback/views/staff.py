"""What the staff of a unit see of its feedback: answers, themes, the trend; and correcting what the machine found."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from luotsi.web.feedback import actions, queries, words
from luotsi.web.feedback.forms import CorrectionForm
from luotsi.web.feedback.queries import Filters, Seen
from luotsi.web.people import words as people
from luotsi.web.people.permissions import may, permitted
from luotsi.web.people.sessions import signed_in

PAGE = 30
SIGNS = {"positive": "good", "negative": "bad", "mixed": "attention", "neutral": "neutral"}
"""The sign that stands beside each mood."""


def _row(seen: Seen) -> dict[str, object]:
    themes, moods = words.themes(), words.moods()
    return {
        "seen": seen,
        "answer": seen.answer,
        "themes": [themes.get(each, each) for each in seen.themes],
        "mood": moods.get(seen.mood, ""),
        "sign": SIGNS.get(seen.mood, "neutral"),
        "about": words.about(seen.answer.ties()),
        "channel": words.channels().get(seen.answer.channel, seen.answer.channel),
    }


def _chosen(value: str | None, known: dict[str, str]) -> str:
    return value if value in known else ""


@never_cache
@require_safe
@permitted("feedback.read")
def answers(request: HttpRequest) -> HttpResponse:
    """The answers of the user's units with their themes and the trend by month."""
    user = signed_in(request)
    units = queries.own_units(user, "feedback.read")
    offered = {code: word for code, word in people.units().items() if units is None or code in units}
    asked = {name: request.GET.get(name) for name in ("unit", "theme", "mood")}
    chosen = Filters(
        unit=_chosen(asked["unit"], offered),
        theme=_chosen(asked["theme"], words.themes()),
        mood=_chosen(asked["mood"], words.moods()),
    )
    found = queries.answers(by=user, filters=chosen)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    known = words.themes()
    right, checked = queries.agreement(by=user)
    context = {
        "page": page,
        "rows": [_row(each) for each in page.object_list],
        "count": len(found),
        "themes": [(known.get(theme, theme), theme, counts) for theme, counts in queries.themes(found)],
        "months": queries.months(found),
        "chosen": chosen,
        "units": list(offered.items()),
        "all_themes": list(known.items()),
        "all_moods": list(words.moods().items()),
        "waiting": len(queries.cases(by=user)),
        "right": right,
        "checked": checked,
        "may_place": may(user, "feedback.place"),
        "may_tell": may(user, "feedback.tell"),
    }
    return render(request, "feedback/answers.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permitted("feedback.correct")
def answer(request: HttpRequest, answer: uuid.UUID) -> HttpResponseBase:
    """One answer, and correcting its themes and mood."""
    user = signed_in(request)
    seen = queries.answer(by=user, answer_id=str(answer))
    if seen is None:
        raise Http404(_("There is no such feedback in your units."))
    begun = {"main": next(iter(seen.themes), "other"), "themes": list(seen.themes[1:]), "mood": seen.mood or "neutral"}
    form = CorrectionForm(request.POST or None, initial=begun)
    if request.method == "POST" and seen.answer.comment and form.is_valid():
        actions.correct(by=user, answer=seen.answer, themes=form.ordered, mood=form.cleaned_data["mood"])
        messages.success(request, _("The themes are corrected."))
        return redirect("feedback_answer", answer=answer)
    status = 422 if form.is_bound and form.errors else 200
    context = {**_row(seen), "form": form, "scores": _scores(seen)}
    return render(request, "feedback/answer.html", context, status=status)


def _scores(seen: Seen) -> list[tuple[str, int]]:
    named = {
        "nps": _("Would recommend, 0 to 10"),
        "item1": _("Got help"),
        "item2": _("Was treated well"),
        "item3": _("Soon enough"),
        "item4": _("Took part in decisions"),
        "item5": _("Information was clear"),
        "item6": _("Knows what happens next"),
        "item7": _("Felt safe"),
    }
    return [(word, seen.answer.scores[name]) for name, word in named.items() if name in seen.answer.scores]
