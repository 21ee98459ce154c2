"""Work queues for professionals: the list, an item with its person and what is done to it; for leaders, the lengths."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from luotsi.concepts.errors import UserError
from luotsi.concepts.queues import OPEN
from luotsi.web.people import codes
from luotsi.web.people import queries as people
from luotsi.web.people.models import User
from luotsi.web.people.permissions import may, permitted
from luotsi.web.people.sessions import signed_in
from luotsi.web.people.words import facts, units
from luotsi.web.queues import actions, queries, words
from luotsi.web.queues.forms import CommentForm, HandOverForm, MarkForm, ReasonForm, ResolveForm
from luotsi.web.queues.models import WorkItem
from luotsi.web.queues.queries import Chosen, Opened

PAGE = 25
CHOICES = ("queue", "unit", "team", "urgency", "state")
"""What a list can be narrowed by, as the address names it."""


def _chosen(request: HttpRequest) -> Chosen:
    sent = request.POST if request.method == "POST" else request.GET
    return Chosen(**{name: sent.get(name, "").replace("\x00", "")[:100] for name in CHOICES})


@never_cache
@require_safe
@permitted("work_item.read")
def items(request: HttpRequest) -> HttpResponse:
    """The open items of the user's units, in the order of work; HTMX gets the list alone at the same address."""
    user, chosen = signed_in(request), _chosen(request)
    now, named = timezone.now(), units()
    found = queries.waiting(by=user, chosen=chosen)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [words.shown(each, now, named) for each in page],
        "late": found.filter(due_at__lt=now).count(),
        "free": queries.free(by=user, chosen=chosen).exists(),
        "chosen": chosen,
        "narrowed": chosen != Chosen(),
        "selects": _selects(user, chosen, named),
        "works": bool(queries.works_in(user)),
    }
    part = bool(getattr(request, "htmx", False)) and not request.headers.get("HX-History-Restore-Request")
    response = render(request, "queues/parts/items.html" if part else "queues/items.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _selects(user: User, chosen: Chosen, named: words.Units) -> list[tuple[str, str, list[tuple[str, str]], str, str]]:
    """(name, label, choices, what is chosen, words of no choice) of each way to narrow that leaves a choice."""
    own = queries.works_in(user)
    queues = {name: each for name, each in queries.queues().items() if own & set(each.units)}
    teams = {team: words.said(label) for each in queues.values() for team, label in each.teams.items()}
    states = [("mine", _("Mine")), *((code, codes.label("work_item_state", code)) for code in OPEN)]
    found = [
        ("state", _("State"), states, _("All open")),
        ("queue", _("Queue"), [(name, words.said(each.label)) for name, each in queues.items()], _("All queues")),
        ("unit", _("Unit"), sorted((each, named.get(each, each)) for each in own), _("All my units")),
        ("team", _("Team"), sorted(teams.items()), _("All teams")),
        ("urgency", _("Urgency"), codes.choices("work_urgency"), _("All")),
    ]
    return [
        (name, label, options, getattr(chosen, name), empty)
        for name, label, options, empty in found
        if len(options) > 1 or getattr(chosen, name)
    ]


@never_cache
@require_safe
@permitted("work_item.read")
def item(request: HttpRequest, item: uuid.UUID) -> HttpResponseBase:
    """An item with its person: a reading of the person, which the log tells."""
    return _item_page(request, item)


def _item_page(request: HttpRequest, item: uuid.UUID, bound: dict[str, forms.Form] | None = None) -> HttpResponse:
    user = signed_in(request)
    try:
        opened = queries.open_item(by=user, item=item)
    except queries.NoItem:
        raise Http404 from None
    except people.NoBasis:
        context = {"person": None, "may_open": False}
        return render(request, "queues/ended.html", context, status=403)
    found, named = opened.item, units()
    given = {"item": found, "colleagues": [each for each in queries.colleagues(by=user, item=found) if each != user]}
    context = {
        **facts(opened.person),
        "shown": words.shown(found, timezone.now(), named),
        "mine": found.holder == user,
        "mark": codes.label("minor_mark", found.minor_mark) if found.minor_mark else "",
        "history": _history(opened, named),
        "resolve": ResolveForm(),
        "hand_over": HandOverForm(**given),
        "back": ReasonForm(prefix="back"),
        "cancel": ReasonForm(prefix="cancel"),
        "comment": CommentForm(prefix="comment"),
        "mark_form": MarkForm(prefix="mark"),
        **(bound or {}),
    }
    return render(request, "queues/item.html", context, status=422 if bound else 200)


def _history(opened: Opened, named: words.Units) -> list[tuple[Any, str, str]]:
    """What has happened, the last first: (when, what, who wrote)."""
    steps = [(each.at, words.step(each, opened.item.queue, named), "") for each in opened.transitions]
    return sorted([*steps, *((each.at, each.text, each.by.name) for each in opened.comments)], reverse=True)


def _done(
    request: HttpRequest, item: uuid.UUID, doing: Callable[[], object], said: str, *, to_list: bool = False
) -> HttpResponseBase:
    """Does one thing to an item; a sentence on the item's page where it could not be done any more."""
    try:
        doing()
    except queries.NoItem:
        raise Http404 from None
    except UserError as fault:
        messages.error(request, str(fault))
        return redirect("work_item", item=item)
    messages.success(request, said)
    return redirect("work_items") if to_list else redirect("work_item", item=item)


@require_POST
@permitted("work_item.handle")
def take(request: HttpRequest, item: uuid.UUID) -> HttpResponseBase:
    """Takes an item."""
    user = signed_in(request)
    return _done(request, item, lambda: actions.take(by=user, item=item), _("The item is yours."))


@require_POST
@permitted("work_item.handle")
def take_next(request: HttpRequest) -> HttpResponseBase:
    """Takes what should be handled next of what is shown, and opens it."""
    found = actions.take_next(by=signed_in(request), chosen=_chosen(request))
    if found is None:
        messages.info(request, _("There is nothing to take just now."))
        return redirect("work_items")
    return redirect("work_item", item=found.pk)


@require_POST
@permitted("work_item.handle")
def resolve(request: HttpRequest, item: uuid.UUID) -> HttpResponseBase:
    """Ends an item with an outcome."""
    user, form = signed_in(request), ResolveForm(request.POST)
    if not form.is_valid():
        return _item_page(request, item, {"resolve": form})
    said = form.cleaned_data
    return _done(
        request, item, lambda: actions.resolve(by=user, item=item, **said), _("The item is resolved."), to_list=True
    )


@require_POST
@permitted("work_item.handle")
def hand_over(request: HttpRequest, item: uuid.UUID) -> HttpResponseBase:
    """Hands an item over."""
    user = signed_in(request)
    found = WorkItem.objects.filter(pk=item, unit__in=queries.works_in(user)).first()
    if found is None:
        raise Http404
    colleagues = [each for each in queries.colleagues(by=user, item=found) if each != user]
    form = HandOverForm(request.POST, item=found, colleagues=colleagues)
    if not form.is_valid():
        return _item_page(request, item, {"hand_over": form})
    said = form.cleaned_data
    return _done(
        request,
        item,
        lambda: actions.hand_over(by=user, item=item, **said),
        _("The item is handed over."),
        to_list=True,
    )


@require_POST
@permitted("work_item.handle")
def return_item(request: HttpRequest, item: uuid.UUID) -> HttpResponseBase:
    """Puts an item back into the queue."""
    user, form = signed_in(request), ReasonForm(request.POST, prefix="back")
    if not form.is_valid():
        return _item_page(request, item, {"back": form})
    text = form.cleaned_data["text"]
    return _done(
        request,
        item,
        lambda: actions.return_item(by=user, item=item, text=text),
        _("The item is back in the queue."),
        to_list=True,
    )


@require_POST
@permitted("work_item.handle")
def cancel(request: HttpRequest, item: uuid.UUID) -> HttpResponseBase:
    """Ends an item that there is nothing to do about."""
    user, form = signed_in(request), ReasonForm(request.POST, prefix="cancel")
    if not form.is_valid():
        return _item_page(request, item, {"cancel": form})
    text = form.cleaned_data["text"]
    return _done(
        request, item, lambda: actions.cancel(by=user, item=item, text=text), _("The item is cancelled."), to_list=True
    )


@require_POST
@permitted("work_item.handle")
def comment(request: HttpRequest, item: uuid.UUID) -> HttpResponseBase:
    """Writes a comment."""
    user, form = signed_in(request), CommentForm(request.POST, prefix="comment")
    if not form.is_valid():
        return _item_page(request, item, {"comment": form})
    text = form.cleaned_data["text"]
    return _done(request, item, lambda: actions.comment(by=user, item=item, text=text), _("The comment is written."))


@require_POST
@permitted("work_item.handle")
def mark(request: HttpRequest, item: uuid.UUID) -> HttpResponseBase:
    """Says what guardians see of a minor's matter."""
    user, form = signed_in(request), MarkForm(request.POST, prefix="mark")
    if not form.is_valid():
        return _item_page(request, item, {"mark_form": form})
    said = form.cleaned_data
    return _done(request, item, lambda: actions.mark_minor(by=user, item=item, **said), _("The mark is saved."))


@never_cache
@require_safe
@permitted("queue.count")
def lengths(request: HttpRequest) -> HttpResponse:
    """How many wait in each queue of the units that the user leads; no persons."""
    user, named = signed_in(request), units()
    rows = [(each, words.queue(each.queue), named.get(each.unit, each.unit)) for each in queries.lengths(by=user)]
    total = {name: sum(getattr(each, name) for each, _queue, _unit in rows) for name in ("open", "late", "free")}
    context = {"rows": rows, "total": total, "works": may(user, "work_item.read")}
    return render(request, "queues/lengths.html", context)
