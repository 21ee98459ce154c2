"""What jobs do to a referral that waits: tell, remind, escalate, let lapse, offer a place, ask how it goes.

Each looks again at the referral when it has it to itself, so that two runs at once, or one run again, do a thing once.
When something is due is worked out in silence.py.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from luotsi.concepts.referrals import ACCEPTED, ATTENDING, CLOSED, MET, SENT, WAITING
from luotsi.web.events.actions import record
from luotsi.web.queues import queries as queues
from luotsi.web.referrals import queries
from luotsi.web.referrals.models import Receiver, Referral, Transition
from luotsi.web.referrals.steps.actions import coordinate, move, said, subject

SILENT = (SENT, ACCEPTED)
"""Where the receiver is to do something: answer, or propose a time."""


def _held(pk: uuid.UUID, *states: str) -> Referral | None:
    """A referral to oneself, if it is still in one of these states."""
    return Referral.objects.select_for_update(of=("self",)).filter(Q(state__in=states), pk=pk).first()


@transaction.atomic
def announce(*, by: None, referral: uuid.UUID, since: datetime.datetime, send: Callable[[], object]) -> bool:
    """Tells the receiver that a referral has come, once for each sending; a letter that fails notes nothing."""
    found = _held(referral, SENT)
    if found is None or (found.told_at and found.told_at >= since):
        return False
    send()
    Referral.objects.filter(pk=found.pk).update(told_at=timezone.now())
    record("referral.announced", by=by, subject=subject(found))
    return True


@transaction.atomic
def remind(*, by: None, referral: uuid.UUID, since: datetime.datetime, send: Callable[[], object]) -> bool:
    """Reminds the receiver, once after each step; a letter that fails notes nothing."""
    found = _held(referral, *SILENT)
    if found is None or (found.reminded_at and found.reminded_at >= since):
        return False
    send()
    Referral.objects.filter(pk=found.pk).update(reminded_at=timezone.now())
    record("referral.reminded", by=by, subject=subject(found))
    return True


@transaction.atomic
def escalate(*, by: None, referral: uuid.UUID, since: datetime.datetime) -> bool:
    """Tells the coordinators that the receiver is silent, once after each step."""
    found = _held(referral, *SILENT)
    if found is None or (found.escalated_at and found.escalated_at >= since):
        return False
    Referral.objects.filter(pk=found.pk).update(escalated_at=timezone.now())
    coordinate(found, f"silent:{Transition.objects.filter(referral=found).count()}")
    record("referral.escalated", by=by, subject=subject(found))
    return True


@transaction.atomic
def lapse(*, by: None, referral: uuid.UUID) -> bool:
    """Lets a referral lapse that the receiver has not answered: they see it no more, and it comes back."""
    found = _held(referral, SENT)
    if found is None:
        return False
    move(found, "lapse", by)
    coordinate(found, f"back:{Transition.objects.filter(referral=found).count()}")
    record("referral.lapsed", by=by, subject=subject(found), wellbeing_referral=said(found))
    return True


@transaction.atomic
def offer(*, by: None, referral: uuid.UUID) -> bool:
    """Sends a referral that waits for a place, if there is one now."""
    found = _held(referral, WAITING)
    if found is None or found.receiver is None:
        return False
    if not queries.free_places(Receiver.objects.select_for_update().get(pk=found.receiver.pk)):
        return False
    move(found, "send", by)
    record("referral.sent", by=by, subject=subject(found), wellbeing_referral=said(found))
    return True


@transaction.atomic
def follow_up(*, by: None, referral: uuid.UUID, number: int) -> bool:
    """Asks the coordinators to ask how it goes, once for each follow-up of the programme."""
    found = _held(referral, MET, ATTENDING, CLOSED)
    if found is None or queues.of_source("referral", f"{found.pk}:follow_up:{number}"):
        return False
    coordinate(found, f"follow_up:{number}")
    record("referral.followed_up", by=by, subject=subject(found))
    return True
