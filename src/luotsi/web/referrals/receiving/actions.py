"""What the receiver does with a referral passed to them: accepts or declines it, proposes times, meets, closes.

A volunteer acts on what is passed to their organisation alone; staff of the referral may take it back or close it for
a receiver who cannot.
Raises queries.NoReferral for a referral that is none of the user's, and UserError where it has gone on meanwhile.
"""

from __future__ import annotations

import datetime
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError
from luotsi.concepts.referrals import ACCEPTED, ATTENDING, BEFORE_MEETING, MET, OUTCOMES
from luotsi.web.events.actions import record
from luotsi.web.people import codes
from luotsi.web.people.models import User
from luotsi.web.people.permissions import may, require
from luotsi.web.referrals import queries
from luotsi.web.referrals.models import Meeting, Receiver, Referral, Transition, Volunteer
from luotsi.web.referrals.queries import NoReferral
from luotsi.web.referrals.steps.actions import coordinate, locked, move, ready, said, subject

TEXT = 500


@transaction.atomic
def accept(*, by: User, referral: uuid.UUID) -> Referral:
    """Accepts a referral: the receiver will propose a time or call. Of two volunteers one accepts."""
    require(by, "passed_referral.answer")
    found = locked(queries.of_volunteer(by), referral)
    move(found, "accept", by)
    record("referral.accepted", by=by, subject=subject(found), wellbeing_referral=said(found))
    return found


@transaction.atomic
def decline(*, by: User, referral: uuid.UUID, reason: str, text: str = "") -> Referral:
    """Declines a referral with a code of `wellbeing_referral_decline`: it goes to the coordinators, to be sent on."""
    volunteer = _receives(by, referral)
    require(by, "passed_referral.answer" if volunteer else "referral.coordinate")
    found = locked(queries.of_volunteer(by) if volunteer else queries.of_staff(by), referral)
    if reason not in codes.rows("wellbeing_referral_decline"):
        raise UserError(_("Choose the reason from the list."))
    ready(found, "decline")
    Referral.objects.filter(pk=found.pk).update(decline_text=text.strip()[:TEXT])
    move(found, "decline", by, decline_reason=reason)
    coordinate(found, f"back:{Transition.objects.filter(referral=found).count()}")
    record("referral.declined", by=by, subject=subject(found), wellbeing_referral=said(found))
    return found


@transaction.atomic
def propose(*, by: User, referral: uuid.UUID, starts_at: datetime.datetime, place: str) -> Meeting:
    """Proposes a time and a place to meet, which the person accepts or not. A proposal not answered yet gives way."""
    require(by, "passed_referral.answer")
    found = locked(queries.of_volunteer(by), referral)
    ready(found, "close")
    if starts_at <= timezone.now():
        raise UserError(_("Choose a time that is still to come."))
    if not place.strip():
        raise UserError(_("Write where you meet, or that you call."))
    if found.state == ACCEPTED:
        move(found, "propose a time", by)
    Meeting.objects.filter(referral=found, attended=None).exclude(answer=Meeting.Answer.ACCEPTED).delete()
    meeting = Meeting.objects.create(referral=found, starts_at=starts_at, place=place.strip()[:200], proposed_by=by)
    record("referral.time_proposed", by=by, subject=subject(found), wellbeing_referral=said(found))
    return meeting


@transaction.atomic
def mark(*, by: User, meeting: uuid.UUID, attended: bool) -> Meeting:
    """Says whether the person came. The first time they did is the first contact, the second is attending."""
    require(by, "passed_referral.answer")
    row = Meeting.objects.filter(pk=meeting).first()
    if row is None:
        raise NoReferral(str(meeting))
    found = locked(queries.of_volunteer(by), row.referral_id)  # pyright: ignore[reportAttributeAccessIssue]
    ready(found, "close")
    if row.starts_at > timezone.now():
        raise UserError(_("This time is still to come."))
    if attended and row.attended is None and found.state != ATTENDING:
        move(found, "attend" if found.state == MET else "meet", by)
    Meeting.objects.filter(pk=row.pk).update(attended=attended)
    row.attended = attended
    record("referral.meeting_marked_held", by=by, subject=subject(found), wellbeing_referral=said(found))
    return row


@transaction.atomic
def contact(*, by: User, referral: uuid.UUID) -> Referral:
    """Says that the receiver and the person have met, or spoken, without a time agreed on here."""
    require(by, "passed_referral.answer")
    found = locked(queries.of_volunteer(by), referral)
    move(found, "attend" if found.state == MET else "meet", by)
    record("referral.contacted", by=by, subject=subject(found), wellbeing_referral=said(found))
    return found


@transaction.atomic
def close(*, by: User, referral: uuid.UUID, outcome: str, words: str = "") -> Referral:
    """Ends a referral with a code of `wellbeing_referral_outcome`, and how it went in the receiver's words.

    The receiver sees it no more. Before they have met it can end as not started or returned alone.
    """
    volunteer = _receives(by, referral)
    require(by, "passed_referral.answer" if volunteer else "referral.coordinate")
    found = locked(queries.of_volunteer(by) if volunteer else queries.of_staff(by), referral)
    if outcome not in OUTCOMES:
        raise UserError(_("Choose how it ended."))
    ready(found, "close")
    if not queries.has_met(found) and outcome not in BEFORE_MEETING:
        raise UserError(_("You have not met yet. Say first that you have, or that it did not start."))
    Referral.objects.filter(pk=found.pk).update(closing=words.strip()[: 2 * TEXT])
    move(found, "close", by, outcome=outcome)
    record("referral.closed", by=by, subject=subject(found), wellbeing_referral=said(found))
    return found


@transaction.atomic
def tell_places(*, by: User, receiver: int, places: int) -> Receiver:
    """Says how many referrals the receiver takes at a time; 0 takes none. Those it has already stay."""
    require(by, "passed_referral.answer")
    organisations = Volunteer.objects.filter(user=by).values("organisation")
    found = Receiver.objects.select_for_update().filter(pk=receiver, organisation__in=organisations).first()
    if found is None:
        raise NoReferral(str(receiver))
    if not 0 <= places <= 1000:
        raise UserError(_("Tell the places as a number from 0 to 1000."))
    found.places, found.told_at = places, timezone.now()
    found.save(update_fields=["places", "told_at"])
    record("receiver.places_changed", by=by, subject=f"receiver:{found.pk}")
    return found


def _receives(by: User, referral: uuid.UUID) -> bool:
    """Whether the user acts as the receiver's volunteer, rather than as staff of the referral."""
    return not may(by, "referral.coordinate") or Referral.objects.filter(queries.of_volunteer(by), pk=referral).exists()
