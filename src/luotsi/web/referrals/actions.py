"""What those who refer and the person do with a referral: each step is whole or not at all, with one event.

What the receiver does is in receiving/actions.py, what time does in keeping/actions.py. Which steps there are is said
in concepts.referrals, and held by the database. Raises queries.NoReferral for a referral that is none of the user's,
and UserError, a sentence, where it has gone on meanwhile.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError
from luotsi.concepts.referrals import CLOSED, DECLINED, DRAFT, ITEMS, LAPSED, MET, REOPENED
from luotsi.web.assessments.models import Response
from luotsi.web.events.actions import record
from luotsi.web.people import codes
from luotsi.web.people import queries as people
from luotsi.web.people.mandates import Acting
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role, require
from luotsi.web.queues import actions as queue_actions
from luotsi.web.queues import queries as queues
from luotsi.web.queues.models import WorkItem
from luotsi.web.referrals import queries
from luotsi.web.referrals.models import ORIGINS, Consent, Meeting, Receiver, Referral, Score, Transition, Volunteer
from luotsi.web.referrals.queries import NoReferral
from luotsi.web.referrals.steps.actions import Draft as Draft
from luotsi.web.referrals.steps.actions import (
    assessed,
    coordinate,
    locked,
    move,
    own,
    ready,
    said,
    speaking,
    subject,
    written,
)
from luotsi.web.services.models import Organisation, Service

WELLBEING = "who5"
"""The score of the form that asks of wellbeing, and the form."""
ANSWERS, MOST_OF_ONE, SCALE, MOST_LONELY = 5, 5, 4, 4
"""WHO-5: five answers of 0 to 5, whose sum times four is 0 to 100 (Topp et al. 2015). Loneliness: 0 to 4."""


class Full(UserError):  # noqa: N818
    """The receiver has no free place: wait for one, or choose another receiver."""


@transaction.atomic
def begin(
    *,
    by: User,
    person: uuid.UUID,
    draft: Draft,
    unit: str = "",
    origin: tuple[str, str] = ("page", ""),
    minor_mark: str = "",
) -> Referral:
    """Begins a referral of a person whom the user may read. origin: kind and id of what it comes from.

    unit: one of the user's; needed only where they work in many. Raises UserError, and as people.read_person does.
    """
    require(by, "referral.make")
    known = people.read_person(by=by, person=person, what=queries.WHAT)
    if known.needs_mark and minor_mark not in codes.rows("minor_mark"):
        raise UserError(_("The person is 12 to 17 years old. Say first what guardians see of this referral."))
    referral = Referral.objects.create(
        person_id=person,
        unit=_unit(by, unit),
        referrer=by,
        origin=_origin(origin[0]),
        origin_id=origin[1][:100],
        minor_mark=minor_mark,
        **written(draft),
    )
    Transition.objects.create(referral=referral, at=referral.made_at, before="", after=DRAFT, by=by)
    record("referral.begun", by=by, subject=subject(referral), wellbeing_referral=said(referral))
    return referral


@transaction.atomic
def edit(*, by: User, referral: uuid.UUID, draft: Draft) -> Referral:
    """Writes a referral anew, which is then a draft: what the person consented to before does not cover it.

    So another receiver is chosen too, where the first has declined, has not answered or is full.
    """
    require(by, "referral.make")
    found = locked(queries.of_staff(by), referral)
    # What has come back to the coordinators, or is in their hands, stays there while it is written anew.
    coordinated = found.state in (DECLINED, LAPSED) or found.unit not in queues.works_in(by)
    told = {"escalated_at": timezone.now()} if coordinated else {}
    if found.state in REOPENED:
        move(found, "reopen", by)
    ready(found, "consent")
    Referral.objects.filter(pk=found.pk).update(**written(draft), **told)
    found.refresh_from_db()
    record("referral.written", by=by, subject=subject(found), wellbeing_referral=said(found))
    return found


@transaction.atomic
def ask_coordinator(*, by: User, referral: uuid.UUID) -> Referral:
    """Asks the coordinating unit to find a receiver for a draft: a matter in its work queue."""
    require(by, "referral.make")
    found = locked(queries.of_staff(by), referral)
    if found.state != DRAFT:
        raise UserError(_("This referral has a receiver already."))
    Referral.objects.filter(pk=found.pk).update(escalated_at=timezone.now())
    found.refresh_from_db()
    coordinate(found, "receiver")
    record("referral.handed_to_coordinator", by=by, subject=subject(found))
    return found


@transaction.atomic
def consent(
    *,
    by: User,
    referral: uuid.UUID,
    items: Collection[str],
    reads_closing: bool = False,
    acting: Acting | None = None,
) -> Referral:
    """Records that the person lets these items be passed on to the chosen receiver, and nothing else to no one else.

    By the person in their own page, by who acts for them, or by the professional whom they have told so.
    """
    require(by, "referral.consent")
    found, themself = speaking(by, referral, acting)
    ready(found, "consent")
    chosen = [item for item in ITEMS if item in items]
    if found.receiver is None:
        raise UserError(_("Choose the receiver first: consent is given to someone."))
    if not chosen or len(chosen) < len(set(items)):
        raise UserError(_("Choose what is passed on: at least one thing of the list."))
    Consent.objects.create(
        referral=found,
        organisation=found.receiver.organisation,
        items=chosen,
        reads_closing=reads_closing,
        own=themself,
        recorded_by=by,
    )
    move(found, "consent", by)
    record("referral.consented", by=by, subject=subject(found), wellbeing_referral=said(found))
    return found


@transaction.atomic
def send(*, by: User, referral: uuid.UUID, wait: bool = False, acting: Acting | None = None) -> Referral:
    """Passes a referral on to its receiver, as the person has consented. Raises Full where there is no free place.

    wait: then it waits for a place, and nothing is passed on until there is one.
    """
    require(by, "referral.consent")
    found, _themself = speaking(by, referral, acting)
    ready(found, "send")
    # Those who send at once to the last place go one after the other.
    receiver = Receiver.objects.select_for_update().get(pk=found.receiver_id)  # pyright: ignore[reportAttributeAccessIssue]
    full = not queries.free_places(receiver)
    if full and not wait:
        raise Full(_("The receiver has no free place now. Wait for one, or choose another receiver."))
    if not full:
        move(found, "send", by)
        Referral.objects.filter(pk=found.pk).update(reminded_at=None, escalated_at=None)
        found.refresh_from_db()
    else:
        move(found, "wait for a place", by)
    record(
        "referral.put_waiting" if full else "referral.sent",
        by=by,
        subject=subject(found),
        wellbeing_referral=said(found),
    )
    return found


@transaction.atomic
def withdraw(*, by: User, referral: uuid.UUID, acting: Acting | None = None) -> Referral:
    """Withdraws consent: the referral stops wherever it is, and what it says is erased by the database at once.

    By the person, by who acts for them, or by a professional at their word.
    """
    require(by, "referral.consent")
    found, _themself = speaking(by, referral, acting)
    ready(found, "withdraw")
    for item in WorkItem.objects.filter(origin="referral", origin_id__startswith=f"{found.pk}:"):
        if item.open:
            queue_actions.cancel(by=None, item=item.pk)
    move(found, "withdraw", by)
    record("referral.withdrawn", by=by, subject=subject(found), wellbeing_referral=said(found))
    return found


@transaction.atomic
def answer_time(
    *, by: User, meeting: uuid.UUID, accepted: bool, wish: str = "", acting: Acting | None = None
) -> Meeting:
    """Says whether a proposed time does. wish: what other time would, in the person's words."""
    require(by, "own_referral.answer")
    found = Meeting.objects.filter(pk=meeting).first()
    if found is None:
        raise NoReferral(str(meeting))
    referral = own(by, found.referral_id, acting)  # pyright: ignore[reportAttributeAccessIssue]
    ready(referral, "close")
    if found.attended is not None:
        raise UserError(_("This time has been already."))
    found.answer = Meeting.Answer.ACCEPTED if accepted else Meeting.Answer.ANOTHER
    found.wish = "" if accepted else wish.strip()[:300]
    found.save(update_fields=["answer", "wish"])
    record("referral.time_answered", by=by, subject=subject(referral))
    return found


@transaction.atomic
def tell(*, by: User, referral: uuid.UUID, words: str, acting: Acting | None = None) -> Referral:
    """Keeps how it went in the person's own words; said again, the last holds."""
    require(by, "own_referral.answer")
    found = own(by, referral, acting)
    if not words.strip():
        raise UserError(_("Write how it went first."))
    if not queries.has_met(found):
        raise UserError(_("You can tell how it went when you have met."))
    Referral.objects.filter(pk=found.pk).update(own_words=words.strip()[:1000])
    found.refresh_from_db()
    record("referral.words_added", by=by, subject=subject(found))
    return found


@transaction.atomic
def score(
    *,
    by: User,
    referral: uuid.UUID,
    moment: str,
    who5: Sequence[int] | None = None,
    lonely: int | None = None,
    acting: Acting | None = None,
) -> list[Score]:
    """Keeps how the person is: the five answers of WHO-5 and how lonely they feel; answered again, the last holds."""
    require(by, "referral.consent")
    found, _themself = speaking(by, referral, acting)
    if moment not in Score.Moment.values or (moment != Score.Moment.BEFORE and not queries.has_met(found)):
        raise UserError(_("You can answer how you are afterwards when you have met."))
    values: dict[str, int] = {}
    if who5 is not None:
        if len(who5) != ANSWERS or not all(0 <= each <= MOST_OF_ONE for each in who5):
            raise UserError(_("Answer each of the five statements."))
        values[Score.Instrument.WHO_5] = sum(who5) * SCALE
    if lonely is not None:
        if not 0 <= lonely <= MOST_LONELY:
            raise UserError(_("Choose one answer on loneliness."))
        values[Score.Instrument.LONELY] = lonely
    if not values:
        raise UserError(_("Answer each of the five statements."))
    kept = [_keep(found, moment, instrument, value) for instrument, value in values.items()]
    record(
        "referral.scored",
        by=by,
        subject=subject(found),
        wellbeing_referral=said(found),
        assessment=assessed(found, moment),
    )
    return kept


@transaction.atomic
def take_score(*, by: None, response: uuid.UUID) -> Score | None:
    """Takes the result of a form on wellbeing that was filled for a referral; None where it was filled for no one's."""
    row = Response.objects.select_related("version").filter(pk=response, context="referral").first()
    if row is None or row.version.form != queries.FORM or WELLBEING not in row.scores:
        return None
    theirs = Referral.objects.select_for_update().filter(person=row.person_id)  # pyright: ignore[reportAttributeAccessIssue]
    found = next((each for each in theirs if str(each.pk) == row.context_id), None)
    if found is None or row.scores[WELLBEING].get("value") is None:
        return None
    kept = _take(found, row)
    record("referral.scored", by=by, subject=subject(found), wellbeing_referral=said(found))
    return kept


@transaction.atomic
def use_form(*, by: User, referral: uuid.UUID, acting: Acting | None = None) -> Score:
    """Takes the form on wellbeing that the person filled of late for another reason as a score of the referral.

    It is never taken without being asked for: the receiver may be let to see it.
    """
    require(by, "referral.consent")
    found, _themself = speaking(by, referral, acting)
    row = queries.filled_elsewhere(found) if acting is None else None
    if row is None or row.scores.get(WELLBEING, {}).get("value") is None:
        raise UserError(_("There is no form filled of late to use here. Fill it anew."))
    kept = _take(found, row)
    record("referral.scored", by=by, subject=subject(found), wellbeing_referral=said(found))
    return kept


def _take(referral: Referral, response: Response) -> Score:
    value = round(float(response.scores[WELLBEING]["value"]))
    return _keep(referral, _moment(referral, response), Score.Instrument.WHO_5, value, response)


@transaction.atomic
def open_receiver(
    *, by: User, organisation: Organisation, service: Service | None = None, places: int = 0, email: str = ""
) -> Receiver:
    """Lets an organisation of the directory, or one service of it, receive referrals; said again, it is changed."""
    require(by, "receiver.open")
    if service is not None and service.organisation != organisation:
        raise UserError(_("That service is another organisation's. Choose one of its own."))
    told = {"places": places, "email": email.strip(), "told_at": timezone.now()}
    receiver, _new = Receiver.objects.update_or_create(organisation=organisation, service=service, defaults=told)
    record("receiver.opened", by=by, subject=f"organisation:{organisation.entry}"[:200])
    return receiver


@transaction.atomic
def appoint_volunteer(*, by: User, user: User, organisation: Organisation) -> Volunteer:
    """Lets a volunteer see the referrals of an organisation. They need the role of a volunteer besides."""
    require(by, "receiver.open")
    if Role.VOLUNTEER not in {role for role, _unit in user.held}:
        raise UserError(_("Give %(name)s the role of a volunteer first.") % {"name": user.name})
    volunteer, _new = Volunteer.objects.get_or_create(user=user, organisation=organisation)
    record("volunteer.appointed", by=by, subject=f"organisation:{organisation.entry}"[:200])
    return volunteer


def _unit(by: User, unit: str) -> str:
    """The unit that refers: the one named, or the only one where the user is a professional."""
    works = queues.works_in(by)
    if unit in works:
        return unit
    if unit or len(works) != 1:
        raise UserError(_("Choose for which of your units you refer."))
    return next(iter(works))


def _origin(kind: str) -> str:
    if kind not in ORIGINS:
        raise UserError(_("A referral cannot come from %(kind)s.") % {"kind": kind})
    return kind


def _moment(referral: Referral, response: Response) -> str:
    """What a form tells of: how it was before they met, after, or later, when after is told already."""
    met = Transition.objects.filter(referral=referral, after__in=(MET, CLOSED)).order_by("at").first()
    if not queries.has_met(referral) or (met and response.completed_at and response.completed_at < met.at):
        return Score.Moment.BEFORE
    after = Score.objects.filter(referral=referral, moment=Score.Moment.AFTER, instrument=Score.Instrument.WHO_5)
    return Score.Moment.FOLLOW_UP if referral.state == CLOSED and after.exists() else Score.Moment.AFTER


def _keep(referral: Referral, moment: str, instrument: str, value: int, response: Response | None = None) -> Score:
    told = {"value": value, "response": response, "at": timezone.now()}
    kept, _new = Score.objects.update_or_create(referral=referral, moment=moment, instrument=instrument, defaults=told)
    return kept
