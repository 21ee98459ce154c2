"""Feedback after a matter in the county's own work queues has ended: whom to ask, and the link that they find.

The link stands among the person's own matters, and nowhere else: its secret is made anew from the matter each time, so
that who reads the rows cannot answer by it. An answer names no one, as all feedback.
"""

from __future__ import annotations

import datetime
import uuid

from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from luotsi.concepts.queues import RESOLVED
from luotsi.web.feedback.models import Invitation, digest
from luotsi.web.people import codes
from luotsi.web.people import queries as people
from luotsi.web.people.mandates import Acting, visible_to_guardian
from luotsi.web.people.queries import Resident
from luotsi.web.queues import queries as queues
from luotsi.web.queues import words
from luotsi.web.queues.models import WorkItem
from luotsi.web.queues.tasks_of_one import Task

NOTHING_DONE = ("not_reached", "declined", "no_need")
"""Outcomes after which there is nothing to tell of."""
REST = datetime.timedelta(days=30)
"""Someone who has been asked after one matter is left in peace for so long."""


def event_of(item: uuid.UUID) -> str:
    """What an invitation says that it followed."""
    return f"work_item:{item}"


def secret_of(event: str) -> str:
    """The secret of the link that follows an event: the house's own key makes it, and nobody keeps it."""
    return salted_hmac("luotsi.feedback.following", event, algorithm="sha256").hexdigest()[:32]


def to_be_asked(item: WorkItem) -> bool:
    """Whether the person of a matter that has ended is asked how it went."""
    if item.state != RESOLVED or item.outcome in NOTHING_DONE:
        return False
    others = WorkItem.objects.filter(person=item.person_id).values_list("pk", flat=True)  # pyright: ignore[reportAttributeAccessIssue]
    events = [event_of(each) for each in others]
    return not Invitation.objects.filter(event__in=events, sent_at__gt=timezone.now() - REST).exists()


def groups(item: WorkItem) -> dict[str, str]:
    """The groups of who is asked, by the names of an invitation's fields."""
    found = people.groups_of(by=None, person=item.person_id)  # pyright: ignore[reportAttributeAccessIssue]
    return {**{name: found[name] for name in ("sex", "language", "municipality")}, "age_group": _band(found["age"])}


def _band(age: str) -> str:
    rows = codes.rows("age_group").items()
    return next((code for code, row in rows if int(row["lower"]) <= int(age) <= int(row["upper"] or 200)), "")


def tasks(person: Resident, acting: Acting | None) -> list[Task]:
    """The links that a person, or who acts for them, finds: of matters that they see, while they can be answered."""
    items = {event_of(each.pk): each for each in WorkItem.objects.filter(person=person.id, state=RESOLVED)}
    asked = Invitation.objects.filter(event__in=items, answered_at=None, expires_at__gt=timezone.now())
    found: list[Task] = []
    for each in asked:
        item, secret = items[each.event], secret_of(each.event)
        sees = acting is None or visible_to_guardian(acting=acting, sector=queues.sector(item), mark=item.minor_mark)
        if sees and bytes(each.digest) == digest(secret):
            found.append(
                Task(
                    title=_("How did it go? Give feedback"),
                    address=reverse("feedback_link", args=[secret]),
                    why=_("%(queue)s. You need not give your name.") % {"queue": words.queue(item.queue)},
                    until=timezone.localdate(each.expires_at),
                )
            )
    return found
