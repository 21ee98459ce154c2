"""Reads referrals: for those who make and coordinate them, for the person, and for the receiver's volunteers.

Lists name no persons. Opening a referral opens its person, which people.queries logs. A volunteer is given what the
person has consented to and nothing else: `Passed` holds no row of a person.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from luotsi.concepts.queues import until
from luotsi.concepts.referrals import (
    ATTENDING,
    CLOSED,
    DECLINED,
    DRAFT,
    ITEMS,
    MET,
    OPEN,
    PASSED,
    SENT,
    WITHDRAWN,
    Programme,
)
from luotsi.concepts.shipped import open_county
from luotsi.web.assessments.models import Response
from luotsi.web.people import queries as people
from luotsi.web.people.mandates import Acting, visible_to_guardian
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role, require
from luotsi.web.people.queries import Resident
from luotsi.web.queues import queries as queues
from luotsi.web.referrals.fhir import Told
from luotsi.web.referrals.models import Consent, Meeting, Receiver, Referral, Score, Transition, Volunteer

WHAT = "referral"
"""The word of the access log."""
FORM, RECENT = "who_5", datetime.timedelta(days=30)
"""The form on wellbeing, and how long after it was filled it can still be taken for a referral."""


class NoReferral(LookupError):  # noqa: N818
    """There is no such referral, or it is none of the user's; which of the two is not told."""


@lru_cache(maxsize=1)
def programme() -> Programme:
    """The county's programme of referrals, read once in the life of a process."""
    return next(iter(open_county(settings.OVERLAY).referrals.values()))


def coordinators() -> frozenset[str]:
    """The units that coordinate: those that serve the programme's queue, none where there is no such queue."""
    served = queues.queues().get(programme().queue)
    return frozenset(served.units if served else ())


# Receivers and their places


@dataclass(frozen=True)
class Place:
    """Someone who takes referrals, and how many places are free."""

    receiver: Receiver
    free: int


def receivers(*, service: str = "") -> list[Place]:
    """Everyone who takes referrals, by name, also those who are full; or those of one service by its entry."""
    found = Receiver.objects.filter(organisation__removed_at=None).select_related("organisation", "service")
    found = found.filter(Q(service=None) | Q(service__removed_at=None))
    if service:
        found = found.filter(Q(service__entry=service) | Q(service=None, organisation__services__entry=service))
    rows = found.distinct().annotate(taken=Count("referrals", filter=Q(referrals__state__in=PASSED)))
    places = [Place(each, max(each.places - each.taken, 0)) for each in rows if each.places]  # pyright: ignore[reportAttributeAccessIssue]
    return sorted(places, key=lambda each: str(each.receiver.organisation.name.get("fi", "")).casefold())


def free_places(receiver: Receiver) -> int:
    """How many more referrals a receiver takes now."""
    return max(receiver.places - Referral.objects.filter(receiver=receiver, state__in=PASSED).count(), 0)


def answer_due(referral: Referral) -> datetime.datetime:
    """By when the receiver is to answer a referral that has been sent, the last time it was."""
    sent = Transition.objects.filter(referral=referral, after=SENT).order_by("at", "id").last()
    return until(programme().escalate, sent.at if sent else timezone.now())


# Who sees which referrals


def of_staff(by: User) -> Q:
    """The referrals of the units where a user is a professional, and those that such a unit coordinates.

    A draft is coordinated when its maker has asked for it. What is withdrawn is no one's.
    """
    units = queues.works_in(by)
    seen = Q(unit__in=units)
    if units & coordinators():
        seen |= ~Q(state=DRAFT) | Q(escalated_at__isnull=False)
    return seen & ~Q(state=WITHDRAWN)


def of_resident(*, by: User, acting: Acting | None) -> Q:
    """The referrals of the user's own person, or of the person they act for."""
    seen = Q(person__user=by) if acting is None else Q(person=acting.person)
    return seen & ~Q(state=WITHDRAWN)


def of_volunteer(by: User) -> Q:
    """The referrals passed to the organisations of a volunteer; one with a link worker is theirs alone."""
    if Role.VOLUNTEER not in {role for role, _unit in by.held}:
        return Q(pk__in=[])
    organisations = Volunteer.objects.filter(user=by).values("organisation")
    mine = Q(link_worker=None) | Q(link_worker=by)
    return Q(state__in=PASSED, receiver__organisation__in=organisations) & mine


# Staff


def made(*, by: User) -> QuerySet[Referral]:
    """The referrals of the user's units, the last made first."""
    require(by, "referral.read")
    found = Referral.objects.filter(unit__in=queues.works_in(by)).exclude(state=WITHDRAWN)
    return found.select_related("receiver__organisation", "receiver__service").order_by("-made_at")


def coordinated(*, by: User) -> QuerySet[Referral]:
    """The open referrals that the user's unit coordinates, those that the coordinator was told of first."""
    require(by, "referral.coordinate")
    if not queues.works_in(by) & coordinators():
        return Referral.objects.none()
    found = Referral.objects.filter(of_staff(by), state__in=OPEN)
    return found.select_related("receiver__organisation", "receiver__service").order_by("escalated_at", "made_at")


@dataclass(frozen=True)
class Opened:
    """A referral with its person and what has happened to it, the last last.

    `closing`: whether staff may read how it went: the outcome, the receiver's and the person's words, later scores.
    """

    referral: Referral
    person: Resident
    consent: Consent | None
    transitions: list[Transition]
    meetings: list[Meeting]
    scores: list[Score]
    closing: bool


@transaction.atomic
def opened(*, by: User, referral: uuid.UUID) -> Opened:
    """A referral of the user's unit, or that it coordinates, with its person, whose log tells of it.

    Raises NoReferral, and people.queries.NoBasis.
    """
    require(by, "referral.read")
    found = Referral.objects.filter(of_staff(by), pk=referral).select_related(
        "receiver__organisation", "receiver__service", "referrer", "link_worker"
    )
    row = found.first()
    if row is None:
        raise NoReferral(str(referral))
    consent = consent_of(row)
    closing = bool(consent and consent.reads_closing)
    steps = list(Transition.objects.filter(referral=row).select_related("by"))
    scores = Score.objects.filter(referral=row)
    if not closing:
        # A reader who is not let in gets rows without how it went, so that no page can show it.
        scores = scores.filter(moment=Score.Moment.BEFORE)
        for each in (row, *steps):
            each.outcome = ""
        row.closing = row.own_words = ""
    return Opened(
        referral=row,
        person=people.read_person(by=by, person=row.person_id, what=WHAT),  # pyright: ignore[reportAttributeAccessIssue]
        consent=consent,
        transitions=steps,
        meetings=list(Meeting.objects.filter(referral=row)),
        scores=list(scores),
        closing=closing,
    )


def told(found: Opened) -> Told:
    """An opened referral as FHIR tells it."""
    row, consent = found.referral, found.consent
    receiver, service = row.receiver, row.receiver and row.receiver.service
    return Told(
        id=str(row.pk),
        person=found.person.code,
        name=found.person.name,
        unit=row.unit,
        organisation=receiver.organisation.entry if receiver else "",
        service=service.entry if service else "",
        reason=row.reason,
        goals=row.goals,
        language=row.language,
        access_needs=row.access_needs,
        phone=row.phone,
        email=row.email,
        state=row.state,
        outcome=row.outcome,
        decline_reason=row.decline_reason if row.state == DECLINED else "",
        items=tuple(consent.items) if consent else (),
        reads_closing=bool(consent and consent.reads_closing),
        made_at=row.made_at.isoformat(),
    )


def consent_of(referral: Referral) -> Consent | None:
    """The consent that holds."""
    return Consent.objects.filter(referral=referral, ended_at=None).select_related("organisation").first()


# The person


@dataclass(frozen=True)
class Own:
    """A referral as the person sees it: `passed` is exactly what the receiver can read."""

    referral: Referral
    consent: Consent | None
    passed: dict[str, str]
    meetings: list[Meeting]
    scores: list[Score]


@transaction.atomic
def own(*, by: User, acting: Acting | None = None) -> tuple[Resident, list[Own]]:
    """The referrals of the resident, or those of the person they act for that they may see; the last first."""
    require(by, "own_referral.answer")
    person = people.own_data(by=by, acting=acting, what=WHAT)
    found = Referral.objects.filter(of_resident(by=by, acting=acting)).order_by("-made_at", "-id")
    rows = found.select_related("receiver__organisation", "receiver__service", "link_worker")
    return person, [_own(each, person) for each in rows if shown_to(acting, each)]


def own_one(*, by: User, referral: uuid.UUID, acting: Acting | None = None) -> tuple[Resident, Own]:
    """One of them. Raises NoReferral."""
    person, every = own(by=by, acting=acting)
    found = next((each for each in every if each.referral.pk == referral), None)
    if found is None:
        raise NoReferral(str(referral))
    return person, found


def shown_to(acting: Acting | None, referral: Referral) -> bool:
    """Whether the one who acts for another sees a referral of theirs."""
    if acting is None:
        return True
    return visible_to_guardian(acting=acting, sector=programme().sector, mark=referral.minor_mark)


def _own(referral: Referral, person: Resident) -> Own:
    consent = consent_of(referral)
    return Own(
        referral=referral,
        consent=consent,
        passed=preview(referral, person, consent.items) if consent else {},
        meetings=list(Meeting.objects.filter(referral=referral)),
        scores=list(Score.objects.filter(referral=referral)),
    )


def preview(referral: Referral, person: Resident, items: Collection[str] = ITEMS) -> dict[str, str]:
    """What would be passed on of a referral, each item with its text; an item that is empty is left out.

    Language and municipality are codes, as people keep them.
    """
    hidden = "" if person.security_block else person.municipality
    known = {"name": person.name, "municipality": hidden, "language": referral.language or person.language}
    return _texts(referral, known, items)


def _texts(referral: Referral, known: dict[str, str], items: Iterable[str]) -> dict[str, str]:
    texts = {
        **known,
        "phone": referral.phone,
        "email": referral.email,
        "reason": referral.reason,
        "goals": referral.goals,
        "access_needs": referral.access_needs,
    }
    if "wellbeing" in items:
        scores = Score.objects.filter(referral=referral)
        texts["wellbeing"] = ", ".join(f"{each.moment}:{each.instrument}:{each.value}" for each in scores)
    return {item: texts[item] for item in ITEMS if item in items and texts.get(item)}


# The receiver


@dataclass(frozen=True)
class Listed:
    """A referral in its receiver's list: nothing of the person."""

    id: uuid.UUID
    state: str
    receiver: Receiver
    link_worker: bool
    sent_at: datetime.datetime
    due_at: datetime.datetime


def passed(*, by: User) -> list[Listed]:
    """What is passed to the volunteer's organisations: what waits for an answer first, then by when it came."""
    require(by, "passed_referral.read")
    found = Referral.objects.filter(of_volunteer(by)).select_related("receiver__organisation", "receiver__service")
    rows = [_listed(each, each.receiver, by) for each in found if each.receiver]
    return sorted(rows, key=lambda each: (each.state != SENT, each.sent_at))


def _listed(referral: Referral, receiver: Receiver, by: User) -> Listed:
    sent = Transition.objects.filter(referral=referral, after=SENT).order_by("at", "id").last()
    return Listed(
        id=referral.pk,
        state=referral.state,
        receiver=receiver,
        link_worker=referral.link_worker_id == by.pk,  # pyright: ignore[reportAttributeAccessIssue]
        sent_at=sent.at if sent else referral.made_at,
        due_at=answer_due(referral),
    )


def receivers_of(*, by: User) -> list[Receiver]:
    """The receivers for whom a volunteer tells how many places there are."""
    require(by, "passed_referral.read")
    organisations = Volunteer.objects.filter(user=by).values("organisation")
    return list(Receiver.objects.filter(organisation__in=organisations).select_related("organisation", "service"))


@dataclass(frozen=True)
class Passed(Listed):
    """A referral as its receiver sees it. `items`: what the person has consented to, each with its text."""

    items: dict[str, str]
    meetings: list[Meeting]


@transaction.atomic
def open_passed(*, by: User, referral: uuid.UUID) -> Passed:
    """What the person lets a volunteer know, logged as a reading of the person. Raises NoReferral."""
    require(by, "passed_referral.read")
    found = Referral.objects.filter(of_volunteer(by), pk=referral)
    row = found.select_related("receiver__organisation", "receiver__service").first()
    consent = consent_of(row) if row else None
    if row is None or consent is None or row.receiver is None:
        raise NoReferral(str(referral))
    known = people.read_passed_on(by=by, person=row.person_id, matter=row.pk, what=WHAT)  # pyright: ignore[reportAttributeAccessIssue]
    language = (row.language or known.language) if "language" in consent.items else ""
    fields = {"name": known.name, "municipality": known.municipality, "language": language}
    return Passed(
        **vars(_listed(row, row.receiver, by)),
        items=_texts(row, fields, consent.items),
        meetings=list(Meeting.objects.filter(referral=row)),
    )


# What other apps ask


def lets_know(user: User, person: uuid.UUID, referral: uuid.UUID) -> frozenset[str]:
    """What a person lets a volunteer know by a referral."""
    row = Referral.objects.filter(of_volunteer(user), pk=referral, person=person).first()
    consent = consent_of(row) if row else None
    # One who lets nothing of themself be named is still read: the log has to tell of it.
    return frozenset({*consent.items, "referral"}) if consent else frozenset()


def ties(user: User, person: uuid.UUID) -> bool:
    """Whether a referral ties a professional to a person: an open one of their unit or that it coordinates, or one
    that they made themself, has ended, and they are let to read how.
    """
    mine = Referral.objects.filter(of_staff(user), person=person)
    told = Q(state=CLOSED, referrer=user, consents__ended_at=None, consents__reads_closing=True)
    return mine.filter(Q(state__in=OPEN) | told).exists()


def has_met(referral: Referral) -> bool:
    """Whether the person and the receiver have met."""
    return referral.state in (MET, ATTENDING, CLOSED)


def filled_elsewhere(referral: Referral) -> Response | None:
    """The newest form on wellbeing that the person filled of late for another reason, where no referral has it yet."""
    rows = Response.objects.filter(person=referral.person_id, version__form=FORM)  # pyright: ignore[reportAttributeAccessIssue]
    rows = rows.filter(completed_at__gte=timezone.now() - RECENT).exclude(context="referral")
    taken = Score.objects.filter(response__isnull=False).values("response")
    return rows.exclude(pk__in=taken).order_by("-completed_at").first()
