"""What items of work queues are called on a page: queues, teams, states, times, in the reader's language."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from luotsi.concepts.queues import CANCELLED, HANDED_OVER, NEW, OPEN, RESOLVED, TAKEN
from luotsi.concepts.records import Label
from luotsi.web.people import codes
from luotsi.web.queues import queries
from luotsi.web.queues.models import Transition, WorkItem
from luotsi.web.ui import formats

Units = Mapping[str, str]
"""What units are called, by code; asked once a page."""
Status = tuple[str, str]
"""A kind of status (good, attention, bad ...) and its words."""


def said(label: Label) -> str:
    """A text of content in the reader's language."""
    return str(getattr(label, formats.language()))


def queue(name: str) -> str:
    """What a queue is called; its name where the county has it no more."""
    found = queries.queues().get(name)
    return said(found.label) if found else name


def team(queue: str, name: str) -> str:
    """What a team of a queue is called."""
    found = queries.queues().get(queue)
    return said(found.teams[name]) if found and name in found.teams else name


def place(queue: str, unit: str, name: str, units: Units) -> str:
    """A unit, with the team where there is one."""
    where = units.get(unit, unit)
    return f"{where}, {team(queue, name)}" if name else where


def due(item: WorkItem, now: datetime.datetime) -> Status:
    """By when an item is due, and how it stands with that."""
    if item.late(now):
        return "bad", _("Late since %(moment)s") % {"moment": formats.moment(item.due_at)}
    if timezone.localdate(item.due_at) == timezone.localdate(now):
        return "attention", _("Today by %(time)s") % {"time": formats.time(item.due_at)}
    return "neutral", _("By %(moment)s") % {"moment": formats.moment(item.due_at)}


@dataclass(frozen=True)
class Shown:
    """An item as a list shows it: without its person."""

    item: WorkItem
    queue: str
    place: str
    urgency: str
    state: str
    due: Status


def shown(item: WorkItem, now: datetime.datetime, units: Units) -> Shown:
    """An item in words."""
    return Shown(
        item=item,
        queue=queue(item.queue),
        place=place(item.queue, item.unit, item.team, units),
        urgency=codes.label("work_urgency", item.urgency),
        state=state(item),
        due=due(item, now),
    )


def state(item: WorkItem) -> str:
    """Where an item is, with who has it."""
    word = codes.label("work_item_state", item.state)
    if item.state in (TAKEN, HANDED_OVER) and item.holder:
        return f"{word}: {item.holder}"
    return f"{word}: {codes.label('work_item_outcome', item.outcome)}" if item.outcome else word


def step(transition: Transition, queue: str, units: Units) -> str:
    """What a transition did."""
    by = str(transition.by) if transition.by else "Luotsi"
    if not transition.before:
        return _("Came to the queue")
    if transition.after == TAKEN:
        return _("%(name)s took it") % {"name": by}
    if transition.after == NEW:
        return _("%(name)s returned it to the queue") % {"name": by}
    if transition.after == CANCELLED:
        return _("%(name)s cancelled it") % {"name": by}
    if transition.after == RESOLVED:
        outcome = codes.label("work_item_outcome", transition.outcome)
        return _("%(name)s resolved it: %(outcome)s") % {"name": by, "outcome": outcome}
    to = str(transition.holder) if transition.holder else place(queue, transition.unit, transition.team, units)
    return _("%(name)s handed it over: %(to)s") % {"name": by, "to": to}


def told(item: WorkItem, now: datetime.datetime) -> Status:
    """How a matter stands, to the person whose it is."""
    if item.state == RESOLVED:
        return "good", _("Handled: %(outcome)s") % {"outcome": codes.label("work_item_outcome", item.outcome)}
    if item.state not in OPEN:
        return "neutral", _("Cancelled")
    if item.late(now):
        return "attention", _("We are late. Your matter is still open.")
    if item.state == TAKEN:
        return "info", _("A professional is handling this")
    return "info", _("Waits for a professional")
