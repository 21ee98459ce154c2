"""What is done to items of work queues: each step is a transition, whole or not at all, with one event.

Which steps there are is said in concepts.queues, and held by the database. Raises queries.NoItem for an item that is in
no unit of the user's, and UserError, a sentence, where an item has moved on meanwhile.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError
from luotsi.concepts.queues import HANDED_OVER, MOVES, NEW, OPEN, TAKEN, Queue, Within, due
from luotsi.web.events.actions import record
from luotsi.web.people import codes
from luotsi.web.people import queries as people
from luotsi.web.people.mandates import speaks_for
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role, require
from luotsi.web.queues import queries
from luotsi.web.queues.models import Comment, Transition, WorkItem
from luotsi.web.queues.queries import Chosen, NoItem

REASON, TEXT = 500, 1000
"""How many characters a reason and a comment have at most; more is cut."""
UNKNOWN = "4"
"""The mark that says that a minor's ability is not known: it needs a word of why."""


@transaction.atomic
def add_item(
    *,
    by: User | None,
    person: uuid.UUID,
    queue: str,
    reason: str,
    urgency: str,
    source: tuple[str, str],
    unit: str = "",
    team: str = "",
    within: Within | None = None,
    minor_mark: str = "",
) -> WorkItem:
    """Puts a matter of a person into a queue; the item that the same source has put there already stays as it is.

    source: kind and id of what it comes from. unit: one that serves the queue, else the queue's first. within: a
    promise of its own. Jobs give no `by`. Raises UserError where queue, unit, team or urgency are not there, and
    PermissionDenied where a resident neither is the person nor acts for them.
    """
    served = _served(queue, unit, team, urgency)
    if by is not None:
        require(by, "work_item.add")
        _speaks(by, person, served)
    now = timezone.now()
    limit = due(served, urgency, now, within)
    item, new = WorkItem.objects.get_or_create(
        origin=source[0],
        origin_id=source[1],
        defaults={
            "person_id": person,
            "queue": queue,
            "unit": unit or served.units[0],
            "team": team,
            "reason": reason.strip()[:REASON],
            "urgency": urgency,
            "added_at": now,
            "due_at": limit.at,
            "by_statute": limit.by == "statute",
            "minor_mark": minor_mark,
        },
    )
    if new:
        Transition.objects.create(item=item, at=now, before="", after=NEW, by=by, unit=item.unit, team=team)
        record("queue_item.added", by=by, subject=_subject(item), work_item=_said(item))
    return item


@transaction.atomic
def take(*, by: User, item: uuid.UUID) -> WorkItem:
    """Takes an item. Of two who take it at once, one has it and the other gets a sentence."""
    found = _found(by, item)
    require(by, "work_item.handle", unit=found.unit)
    _move(found, "take", by, holder=by)
    record("queue_item.taken", by=by, subject=_subject(found), work_item=_said(found))
    return found


@transaction.atomic
def take_next(*, by: User, chosen: Chosen | None = None) -> WorkItem | None:
    """Takes the item that should be handled next, of those that no one has; None where there is none.

    One that a colleague is taking this moment is passed over, so that two who ask at once get two items.
    """
    require(by, "work_item.handle")
    found = queries.free(by=by, chosen=chosen).select_for_update(skip_locked=True, of=("self",)).first()
    if found is None:
        return None
    _move(found, "take", by, holder=by)
    record("queue_item.taken", by=by, subject=_subject(found), work_item=_said(found))
    return found


@transaction.atomic
def hand_over(
    *, by: User, item: uuid.UUID, unit: str = "", team: str = "", to: User | None = None, text: str = ""
) -> WorkItem:
    """Hands an item to another unit that serves the queue, to a team or to a colleague; "" keeps the unit it is in."""
    found = _found(by, item)
    require(by, "work_item.handle", unit=found.unit)
    unit = unit or found.unit
    _served(found.queue, unit, team, found.urgency)
    if to is not None and unit not in queries.works_in(to):
        raise UserError(_("%(name)s does not work in that unit. Choose someone who does.") % {"name": to.name})
    if (unit, team, to) == (found.unit, found.team, None):
        raise UserError(_("Choose to whom you hand it: another unit, a team or a colleague."))
    _move(found, "hand over", by, unit=unit, team=team, holder=to)
    _comment(found, by, text)
    record("queue_item.handed_over", by=by, subject=_subject(found), work_item=_said(found))
    return found


@transaction.atomic
def return_item(*, by: User, item: uuid.UUID, text: str = "") -> WorkItem:
    """Puts an item back into the queue, so that anyone of the unit may take it."""
    found = _found(by, item)
    require(by, "work_item.handle", unit=found.unit)
    _move(found, "return", by, holder=None)
    _comment(found, by, text)
    record("queue_item.returned", by=by, subject=_subject(found), work_item=_said(found))
    return found


@transaction.atomic
def resolve(*, by: User, item: uuid.UUID, outcome: str, text: str = "") -> WorkItem:
    """Ends an item that one has taken oneself, with a code of `work_item_outcome`.

    Of a person from 12 to 17 years it must be marked first what guardians see.
    """
    found = _found(by, item)
    require(by, "work_item.handle", unit=found.unit)
    if outcome not in codes.rows("work_item_outcome"):
        raise UserError(_("Choose an outcome from the list."))
    _ready(found, "resolve")
    if found.holder != by:
        raise UserError(_("%(name)s has this item. Ask them, or return it to the queue.") % {"name": found.holder})
    person = people.read_person(by=by, person=found.person_id, what="work_item")  # pyright: ignore[reportAttributeAccessIssue]
    if person.needs_mark and not found.minor_mark:
        raise UserError(_("The person is 12 to 17 years old. Say first what guardians see of this matter."))
    _move(found, "resolve", by, holder=by, outcome=outcome)
    _comment(found, by, text)
    record("queue_item.resolved", by=by, subject=_subject(found), work_item=_said(found))
    return found


@transaction.atomic
def cancel(*, by: User | None, item: uuid.UUID, text: str = "") -> WorkItem:
    """Ends an item that there is nothing to do about any more. Apps that know it by its source give no `by`."""
    found = _found(by, item)
    if by is not None:
        require(by, "work_item.handle", unit=found.unit)
        _comment(found, by, text)
    _move(found, "cancel", by, holder=None)
    record("queue_item.cancelled", by=by, subject=_subject(found), work_item=_said(found))
    return found


@transaction.atomic
def comment(*, by: User, item: uuid.UUID, text: str) -> None:
    """Writes a comment to those who handle the item."""
    found = _found(by, item)
    require(by, "work_item.handle", unit=found.unit)
    if not text.strip():
        raise UserError(_("Write the comment first."))
    _comment(found, by, text)
    record("queue_item.commented", by=by, subject=_subject(found))


@transaction.atomic
def mark_minor(*, by: User, item: uuid.UUID, mark: str, text: str = "") -> WorkItem:
    """Says whether a minor can decide of this matter and whether guardians see it: a code of `minor_mark`."""
    found = _found(by, item)
    require(by, "work_item.handle", unit=found.unit)
    if mark not in codes.rows("minor_mark"):
        raise UserError(_("Choose what guardians see."))
    if mark == UNKNOWN and not text.strip():
        raise UserError(_("Write why it is not known whether the person can decide."))
    WorkItem.objects.filter(pk=found.pk).update(minor_mark=mark)
    found.minor_mark = mark
    _comment(found, by, text)
    record("queue_item.marked", by=by, subject=_subject(found), work_item=_said(found))
    return found


def _served(queue: str, unit: str, team: str, urgency: str) -> Queue:
    """The queue, if unit, team and urgency are of it."""
    found = queries.queues().get(queue)
    if found is None:
        raise UserError(_("There is no work queue %(queue)s. Add it to county/queues.") % {"queue": queue})
    if unit and unit not in found.units:
        raise UserError(_("That unit does not serve this queue. Choose one that does."))
    if team and team not in found.teams:
        raise UserError(_("There is no such team in this queue. Choose one of its teams."))
    if urgency not in codes.rows("work_urgency"):
        raise UserError(_("There is no such urgency. Choose one of the list."))
    return found


def _speaks(by: User, person: uuid.UUID, queue: Queue) -> None:
    """A professional adds for those they may read, a resident for themself or by a mandate."""
    if Role.RESIDENT in {role for role, _unit in by.held} and speaks_for(by=by, person=person, sector=queue.sector):
        return
    people.read_person(by=by, person=person, what="work_item")


def _found(by: User | None, item: uuid.UUID) -> WorkItem:
    """The item, held until the transaction ends, if it is in a unit of the user's.

    Its holder is not joined to it: after waiting for a colleague's lock, PostgreSQL gives the row as it is by then, but
    what was joined to it as it was before.
    """
    rows = WorkItem.objects.select_for_update()
    if by is not None:
        rows = rows.filter(unit__in=queries.works_in(by))
    found = rows.filter(pk=item).first()
    if found is None:
        raise NoItem(str(item))
    return found


def _move(item: WorkItem, move: str, by: User | None, *, holder: User | None, **to: str) -> None:
    """Adds the transition by which the database moves the item. to: unit, team, outcome where they change."""
    _ready(item, move)
    place = {"unit": item.unit, "team": item.team, **to}
    Transition.objects.create(item=item, before=item.state, after=MOVES[move].after, by=by, holder=holder, **place)
    item.refresh_from_db()


def _ready(item: WorkItem, move: str) -> None:
    """Raises UserError where an item is in no state to be moved so: why, and what to do."""
    if item.state in MOVES[move].before:
        return
    if item.state == TAKEN:
        raise UserError(_("%(name)s has taken this item already. Choose another.") % {"name": item.holder})
    if item.state in OPEN:
        raise UserError(_("No one has taken this item. Take it first."))
    raise UserError(_("This item has ended already. Nothing more is to be done."))


def _comment(item: WorkItem, by: User, text: str) -> None:
    if text.strip():
        Comment.objects.create(item=item, by=by, text=text.strip()[:TEXT])


def _subject(item: WorkItem) -> str:
    return f"work_item:{item.pk}"


def _said(item: WorkItem) -> dict[str, Any]:
    """The item as the concept `work_item` has it; its times come from the transitions."""
    steps = list(Transition.objects.filter(item=item))
    taken = next((each.at.isoformat() for each in steps if each.after == TAKEN), None)
    return {
        "work_item_id": str(item.pk),
        "person": str(item.person_id),  # pyright: ignore[reportAttributeAccessIssue]
        "unit": item.unit,
        "queue": item.queue,
        "team": item.team or None,
        "origin": item.origin,
        "urgency": item.urgency,
        "state": item.state,
        "outcome": item.outcome or None,
        "minor_mark": item.minor_mark or None,
        "added_at": item.added_at.isoformat(),
        "due_at": item.due_at.isoformat(),
        "by_statute": item.by_statute,
        "taken_at": taken,
        "ended_at": None if item.state in OPEN else steps[-1].at.isoformat(),
        "hand_overs": sum(each.after == HANDED_OVER for each in steps),
        "reason": item.reason,
    }
