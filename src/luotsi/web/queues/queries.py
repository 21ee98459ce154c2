"""Reads work queues. Lists name no persons; opening an item opens its person, which people.queries logs.

A queue is seen by the professionals of the unit that an item is in, by no one else; leaders see how many there are.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Count, IntegerField, Min, Q, QuerySet, Value, When
from django.utils import timezone

from luotsi.concepts.queues import NEW, OPEN, TAKEN, Queue
from luotsi.concepts.shipped import open_county
from luotsi.web.people import codes
from luotsi.web.people import queries as people
from luotsi.web.people.mandates import Acting, visible_to_guardian
from luotsi.web.people.models import User
from luotsi.web.people.permissions import LEADERS, Role, require
from luotsi.web.people.queries import Resident
from luotsi.web.queues.models import Comment, Transition, WorkItem

OWN_MATTERS = 100
"""How many of a resident's matters are shown, the last first."""


class NoItem(LookupError):  # noqa: N818
    """There is no such item, or it is in no unit of the user's; which of the two is not told."""


@lru_cache(maxsize=1)
def queues() -> Mapping[str, Queue]:
    """The work queues of the county's content by name, read once in the life of a process."""
    return open_county(settings.OVERLAY).queues


def works_in(by: User) -> frozenset[str]:
    """The units in which a user is a professional. A role in the whole county is held in none of them: that would
    open every queue at once.
    """
    return frozenset(unit for role, unit in by.held if role == Role.PROFESSIONAL and unit)


def in_order(found: QuerySet[WorkItem], now: datetime.datetime) -> QuerySet[WorkItem]:
    """Late ones first, then the more urgent, then those due first."""
    ranks = [When(urgency=code, then=Value(rank)) for rank, code in enumerate(codes.rows("work_urgency"))]
    late = Case(When(due_at__lt=now, then=Value(0)), default=Value(1), output_field=IntegerField())
    urgency = Case(*ranks, default=Value(len(ranks)), output_field=IntegerField())
    return found.annotate(on_time=late, rank=urgency).order_by("on_time", "rank", "due_at", "added_at", "id")


@dataclass(frozen=True)
class Chosen:
    """What a reader narrows a list to; "" narrows nothing. `state`: a state, or "mine" for what they hold."""

    queue: str = ""
    unit: str = ""
    team: str = ""
    urgency: str = ""
    state: str = ""


def waiting(*, by: User, chosen: Chosen | None = None) -> QuerySet[WorkItem]:
    """The open items of the user's units, in the order in which they should be handled."""
    require(by, "work_item.read")
    chosen = chosen or Chosen()
    found = WorkItem.objects.filter(state__in=OPEN, unit__in=works_in(by)).select_related("holder")
    for name in ("queue", "unit", "team", "urgency"):
        if value := getattr(chosen, name):
            found = found.filter(**{name: value})
    if chosen.state == "mine":
        found = found.filter(holder=by)
    elif chosen.state:
        found = found.filter(state=chosen.state)
    return in_order(found, timezone.now())


def free(*, by: User, chosen: Chosen | None = None) -> QuerySet[WorkItem]:
    """Of those, the items that no one has, or that have been handed to the user."""
    return waiting(by=by, chosen=chosen).exclude(state=TAKEN).filter(Q(holder=None) | Q(holder=by))


@dataclass(frozen=True)
class Opened:
    """An item with its person and what has happened to it, the last last."""

    item: WorkItem
    person: Resident
    transitions: list[Transition]
    comments: list[Comment]


@transaction.atomic
def open_item(*, by: User, item: uuid.UUID) -> Opened:
    """An item of the user's unit with its person, whose log tells of it. Raises NoItem, and people.queries.NoBasis."""
    require(by, "work_item.read")
    found = WorkItem.objects.select_related("holder").filter(pk=item, unit__in=works_in(by)).first()
    if found is None:
        raise NoItem(str(item))
    person = people.read_person(by=by, person=found.person_id, what="work_item")  # pyright: ignore[reportAttributeAccessIssue]
    return Opened(
        item=found,
        person=person,
        transitions=list(found.transitions.select_related("by", "holder")),  # pyright: ignore[reportAttributeAccessIssue]
        comments=list(found.comments.select_related("by")),  # pyright: ignore[reportAttributeAccessIssue]
    )


def colleagues(*, by: User, item: WorkItem) -> list[User]:
    """The professionals of an item's unit, by name: to whom it can be handed there."""
    require(by, "work_item.handle", unit=item.unit)
    users = User.objects.filter(is_active=True, memberships__role=Role.PROFESSIONAL, memberships__unit=item.unit)
    return [each for each in users.distinct().order_by("name") if item.unit in works_in(each)]


@dataclass(frozen=True)
class Length:
    """How long a queue is in a unit: open items, those that are late, that no one has, and when the oldest came."""

    queue: str
    unit: str
    open: int
    late: int
    free: int
    oldest: datetime.datetime | None


def lengths(*, by: User) -> list[Length]:
    """Every queue that has something open in the units that the user leads; the latest first. No persons."""
    require(by, "queue.count")
    led = {unit for role, unit in by.held if role in LEADERS}
    found = WorkItem.objects.filter(state__in=OPEN)
    if "" not in led:
        found = found.filter(unit__in=led)
    late = Count("id", filter=Q(due_at__lt=timezone.now()))
    rows = found.values("queue", "unit").annotate(
        open=Count("id"), late=late, free=Count("id", filter=Q(state=NEW)), oldest=Min("added_at")
    )
    return [Length(**row) for row in rows.order_by("-late", "-open", "queue", "unit")]


def own_matters(*, by: User, acting: Acting | None = None) -> tuple[Resident, list[WorkItem]]:
    """The matters of the resident, or those of the person they act for that they may see; the last first."""
    require(by, "own_matter.read")
    person = people.own_data(by=by, acting=acting, what="matters")
    found = WorkItem.objects.filter(person=person.id).order_by("-added_at", "-id")
    if acting is None:
        return person, list(found[:OWN_MATTERS])
    seen = [each for each in found if visible_to_guardian(acting=acting, sector=sector(each), mark=each.minor_mark)]
    return person, seen[:OWN_MATTERS]


def sector(item: WorkItem) -> str:
    """Whose records an item belongs to; "" for a queue that the county has no more, which no mandate covers."""
    queue = queues().get(item.queue)
    return queue.sector if queue else ""


def of_source(kind: str, id: str) -> WorkItem | None:
    """The item that came from a thing, if one did."""
    return WorkItem.objects.filter(origin=kind, origin_id=id).first()


def has_open_item(user: User, person: uuid.UUID) -> bool:
    """Whether an open item of a person is in a unit where a user is a professional."""
    return WorkItem.objects.filter(person=person, state__in=OPEN, unit__in=works_in(user)).exists()
