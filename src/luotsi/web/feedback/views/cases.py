"""The cases of a unit: who waits for a reply, taking one, ending it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luotsi.concepts.errors import UserError
from luotsi.concepts.queues import TAKEN
from luotsi.web.feedback import actions, queries, words
from luotsi.web.feedback.forms import ResolveForm
from luotsi.web.feedback.models import Case
from luotsi.web.people.models import User
from luotsi.web.people.permissions import permitted
from luotsi.web.people.sessions import signed_in


def _row(case: Case) -> dict[str, object]:
    return {
        "case": case,
        "about": words.about(case.answer.ties()),
        "state": words.STATES[case.state],
        "late": case.ended_at is None and case.due_at < timezone.now(),
        "outcome": words.outcomes().get(case.outcome, ""),
    }


def _found(user: User, pk: int) -> Case:
    found = queries.case(by=user, pk=pk) if pk < 2**31 else None
    if found is None:
        raise Http404(_("There is no such case in your units."))
    return found


@never_cache
@require_safe
@permitted("feedback.reply")
def cases(request: HttpRequest) -> HttpResponse:
    """The open cases of the user's units, the first due first; with ?ended=1 those that ended."""
    ended = request.GET.get("ended") == "1"
    rows = [_row(each) for each in queries.cases(by=signed_in(request), ended=ended)]
    late = sum(bool(row["late"]) for row in rows)
    return render(request, "feedback/cases.html", {"rows": rows, "ended": ended, "late": late})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permitted("feedback.reply")
def case(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One case with the feedback it came from; its sending ends it."""
    user = signed_in(request)
    found = _found(user, pk)
    form = ResolveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.resolve_case(by=user, case=found, **form.cleaned_data)
        except UserError as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("The case has ended and the contact details are removed."))
            return redirect("feedback_cases")
    status = 422 if form.is_bound and form.errors else 200
    mine = found.state == TAKEN and found.taken_by == user
    return render(request, "feedback/case.html", {**_row(found), "form": form, "mine": mine}, status=status)


@require_POST
@permitted("feedback.reply")
def take(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Takes a case; of two who do so at once one gets a sentence."""
    user = signed_in(request)
    try:
        actions.take_case(by=user, case=_found(user, pk))
    except UserError as fault:
        messages.error(request, str(fault))
    return redirect("feedback_case", pk=pk)
