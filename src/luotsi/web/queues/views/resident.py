"""One's own matters, or those of the person one acts for: how each stands, by when, and which unit has it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from luotsi.web.people.acting import acting
from luotsi.web.people.permissions import permitted
from luotsi.web.people.sessions import signed_in
from luotsi.web.people.words import units
from luotsi.web.queues import queries, words
from luotsi.web.queues.models import WorkItem
from luotsi.web.queues.tasks_of_one import tasks


@never_cache
@require_safe
@permitted("own_matter.read")
def own_matters(request: HttpRequest) -> HttpResponse:
    """The matters, open ones first."""
    by, acts = signed_in(request), acting(request)
    person, found = queries.own_matters(by=by, acting=acts)
    now, named = timezone.now(), units()
    rows = [
        (each, words.queue(each.queue), words.told(each, now), named.get(each.unit, each.unit), _answer(each))
        for each in found
    ]
    context = {
        "tasks": tasks(by=by, person=person, acting=acts),
        "open": [row for row in rows if row[0].open],
        "ended": [row for row in rows if not row[0].open],
    }
    return render(request, "queues/own_matters.html", context)


def _answer(item: WorkItem) -> str:
    """What the county tells of the queue to who waits in it."""
    queue = queries.queues().get(item.queue)
    return words.said(queue.answer) if queue else ""
