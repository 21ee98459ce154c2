"""What people do with feedback: ask for it, give it, correct its themes, answer those who wait, tell what was done.

Each is permitted, whole or not at all, with one event. What it says to the warehouse is in saying.py.
"""

from __future__ import annotations

import datetime
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError
from luotsi.concepts.queues import NEW, RESOLVED, TAKEN
from luotsi.web.events.actions import record
from luotsi.web.feedback import asking, saying
from luotsi.web.feedback.asking import Given
from luotsi.web.feedback.models import Answer, Case, Correction, Deed, Invitation, Place, digest
from luotsi.web.feedback.themes import reading
from luotsi.web.people.models import User
from luotsi.web.people.permissions import require

OPEN_DAYS = 30
"""How long a link can be answered."""


@transaction.atomic
def open_place(
    *, by: User, name: str, form: str, unit: str, service: str = "", provider: str = "", chain: str = "", team: str = ""
) -> Place:
    """Opens a place where anyone may answer, with a code of its own."""
    require(by, "feedback.place", unit=unit)
    about = {"unit": unit, "service": service, "provider": provider, "service_chain": chain, "team": team}
    place = Place.objects.create(name=name.strip(), form=form, since=timezone.localdate(), **about)
    record("feedback_place.opened", by=by, subject=f"feedback_place:{place.code}")
    return place


@transaction.atomic
def close_place(*, by: User, place: Place) -> Place:
    """Closes a place: its poster and screen say so from now on. One already closed stays as it is."""
    require(by, "feedback.place", unit=place.unit)
    place = Place.objects.select_for_update().get(pk=place.pk)
    if place.closed_on is None:
        place.closed_on = timezone.localdate()
        place.save(update_fields=["closed_on"])
        record("feedback_place.closed", by=by, subject=f"feedback_place:{place.code}")
    return place


Send = Callable[[Invitation, str], str]
"""Sends an invitation with the secret of its link, and gives the channel it went by."""


@transaction.atomic
def invite(
    *,
    by: User | None,
    form: str,
    about: Mapping[str, str],
    send: Send,
    groups: Mapping[str, str],
    event: str = "",
    secret: str = "",
) -> Invitation:
    """Asks one person for feedback: a link that answers once, for `OPEN_DAYS`. Jobs give no `by`.

    about: fields of `About`. groups: age_group, sex, language and municipality of who is asked. secret: that of the
    link, where another than a new one. Where `send` fails, nothing stands. The address is not kept.
    """
    if by is not None:
        require(by, "feedback.invite", unit=about.get("unit", ""))
    secret, now = secret or secrets.token_urlsafe(16), timezone.now()
    invitation = Invitation.objects.create(
        digest=digest(secret),
        form=form,
        channel="web",
        event=event,
        sent_at=now,
        expires_at=now + datetime.timedelta(days=OPEN_DAYS),
        **about,
        **groups,
    )
    invitation.channel = send(invitation, secret)
    invitation.save(update_fields=["channel"])
    told = {"feedback_invitation": saying.invitation(invitation)}
    record("feedback.asked", by=by, subject=f"feedback_invitation:{invitation.invitation_id}", **told)
    return invitation


@transaction.atomic
def answer(
    *,
    by: None,
    answer_id: uuid.UUID,
    given: Given,
    about: Mapping[str, str],
    channel: str,
    place: Place | None = None,
    invitation: Invitation | None = None,
) -> Answer:
    """Keeps what someone answered, free text masked, and opens a case where the form promises a reply.

    No one is signed in.

    The same page sent again gives the answer that stands. Raises UserError where the invitation has been answered.
    """
    if invitation is not None:
        invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    there = Answer.objects.filter(pk=answer_id).first()
    if there is not None:
        return there
    now = timezone.now()
    if invitation is not None:
        if invitation.answered_at is not None or invitation.expires_at <= now:
            raise UserError(_("This link has been answered, or its time is over."))
        invitation.answered_at = now
        invitation.save(update_fields=["answered_at"])
    read = reading.read(given.comment, given.language, given.scores.get("nps"))
    answer, new = Answer.objects.get_or_create(
        answer_id=answer_id,
        defaults={
            "place": place,
            "invitation": invitation,
            "form": given.form,
            "channel": channel,
            "language": given.language,
            "given_at": now,
            "respondent": given.respondent,
            "scores": given.scores,
            "response": asking.masked(given.response, lambda text: reading.masked(text, given.language)),
            "comment": read.text,
            "themes": list(read.themes),
            "mood": read.mood,
            **about,
        },
    )
    if new:
        case = _case(answer, given) if given.within else None
        record("feedback.given", by=by, subject=f"feedback:{answer.pk}", **saying.every(answer, invitation, case))
    return answer


def _case(answer: Answer, given: Given) -> Case:
    due = saying.due(answer.given_at, given.within)
    return Case.objects.create(answer=answer, contact=given.contact, added_at=answer.given_at, due_at=due)


@transaction.atomic
def correct(*, by: User, answer: Answer, themes: Sequence[str], mood: str) -> Correction:
    """Says what an answer is about and in which mood; what the machine found stays, to measure the machine by."""
    require(by, "feedback.correct", unit=answer.unit)
    corrected = Correction.objects.create(answer=answer, themes=list(themes), mood=mood, author=by, at=timezone.now())
    told = {"feedback": saying.feedback(answer, themes, mood)}
    record("feedback.corrected", by=by, subject=f"feedback:{answer.pk}", **told)
    return corrected


@transaction.atomic
def take_case(*, by: User, case: Case) -> Case:
    """Takes a case to answer it. Raises UserError where someone else has it."""
    require(by, "feedback.reply", unit=case.answer.unit)
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.state == TAKEN and case.taken_by_id == by.pk:  # pyright: ignore[reportAttributeAccessIssue]
        return case
    if case.state != NEW:
        raise UserError(_("Someone else has taken this already."))
    case.state, case.taken_by, case.taken_at = TAKEN, by, timezone.now()
    case.save(update_fields=["state", "taken_by", "taken_at"])
    told = {"work_item": saying.work_item(case)}
    record("feedback_case.taken", by=by, subject=f"feedback_case:{case.pk}", **told)
    return case


@transaction.atomic
def resolve_case(*, by: User, case: Case, outcome: str, note: str = "") -> Case:
    """Ends a case with an outcome; the contact way is forgotten. Raises UserError where the user has not taken it."""
    require(by, "feedback.reply", unit=case.answer.unit)
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.state != TAKEN or case.taken_by_id != by.pk:  # pyright: ignore[reportAttributeAccessIssue]
        raise UserError(_("Take the case first, then end it."))
    if outcome not in saying.OUTCOMES:
        raise PermissionDenied
    case.state, case.outcome, case.note = RESOLVED, outcome, note.strip()
    case.ended_at, case.contact = timezone.now(), ""
    case.save(update_fields=["state", "outcome", "note", "ended_at", "contact"])
    told = {"work_item": saying.work_item(case)}
    record("feedback_case.resolved", by=by, subject=f"feedback_case:{case.pk}", **told)
    return case


@transaction.atomic
def tell(*, by: User, unit: str, text: str, text_sv: str = "", text_en: str = "") -> Deed:
    """Tells in public what a unit, or the whole county (""), has done after feedback."""
    require(by, "feedback.tell", unit=unit)
    said = {"text": text.strip(), "text_sv": text_sv.strip(), "text_en": text_en.strip()}
    deed = Deed.objects.create(unit=unit, author=by, told_at=timezone.now(), **said)
    record("feedback_deed.published", by=by, subject=f"feedback_deed:{deed.pk}")
    return deed


@transaction.atomic
def take_back(*, by: User, deed: Deed) -> None:
    """Takes what was told off the public page. What is off already stays so."""
    require(by, "feedback.tell", unit=deed.unit)
    if Deed.objects.filter(pk=deed.pk, removed_at=None).update(removed_at=timezone.now()):
        record("feedback_deed.removed", by=by, subject=f"feedback_deed:{deed.pk}")
