"""Receivers, volunteers and referrals for tests."""

from __future__ import annotations

import uuid
from typing import Any

from luotsi.web.people.actions import begin_care
from luotsi.web.people.models import Membership, Person, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import DAY, HEALTH_CENTRE, user_with
from luotsi.web.referrals import actions
from luotsi.web.referrals.models import Meeting, Receiver, Referral, Transition, Volunteer
from luotsi.web.referrals.receiving import actions as receiving
from luotsi.web.services.models import Organisation, Service

COORDINATING = "1.2.3.9"
ALL = ("name", "phone", "municipality", "language", "reason", "goals", "access_needs")


def place(places: int = 2, entry: str = "seura") -> Receiver:
    """An association that takes referrals; the first has a service in the directory, which no search finds."""
    name = "Juttuseura ry" if entry == "seura" else f"Yhdistys {entry}"
    organisation, new = Organisation.objects.get_or_create(
        entry=entry, defaults={"name": {"fi": name}, "source": "own", "kind": "association"}
    )
    if new and entry == "seura":
        Service.objects.create(
            entry="kahvila", organisation=organisation, source="own", name={"fi": "Juttukahvila yksinäisille"}
        )
    return Receiver.objects.create(organisation=organisation, places=places, email=f"{entry}@luotsi.example")


def volunteer(receiver: Receiver, name: str = "Veera") -> User:
    """A volunteer of the receiver's organisation."""
    user = User.objects.create_user(f"{name.lower()}@luotsi.example", name=name)
    Membership.objects.create(user=user, role=Role.VOLUNTEER, unit="", since=DAY)
    Volunteer.objects.create(user=user, organisation=receiver.organisation)
    return user


def nurse_of(person: Person, unit: str = HEALTH_CENTRE) -> User:
    """A professional of a unit that cares for the person."""
    user = user_with(Role.PROFESSIONAL, unit)
    begin_care(by=None, person=person, unit=unit, since=DAY)
    return user


def draft(receiver: Receiver | None, **said: Any) -> actions.Draft:
    """What a referral says."""
    whole = {"reason": "Yksinäisyys", "goals": "Haluan tavata ihmisiä", "phone": "040 000 0000"}
    return actions.Draft(receiver=receiver.pk if receiver else None, **{**whole, "access_needs": "Hissi", **said})


def referral(nurse: User, person: Person, receiver: Receiver | None, **said: Any) -> Referral:
    """A draft."""
    return actions.begin(by=nurse, person=person.pk, draft=draft(receiver, **said))


def brought_to(state: str, one: Referral, nurse: User, helper: User, items: tuple[str, ...] = ALL) -> Referral:
    """A draft brought to a state by the actions that lead there."""
    pk = one.pk
    meeting: list[uuid.UUID] = []

    def meet() -> None:
        receiving.contact(by=helper, referral=pk)

    def wait() -> None:
        receiver = one.receiver
        assert receiver is not None
        places, receiver.places = receiver.places, 0
        receiver.save()
        actions.send(by=nurse, referral=pk, wait=True)
        receiver.places = places
        receiver.save()

    def lapse() -> None:
        Transition.objects.create(referral_id=pk, before="sent", after="lapsed")

    def propose() -> None:
        row = Meeting.objects.create(referral_id=pk, starts_at=one.made_at, place="Kahvila", proposed_by=helper)
        Transition.objects.create(referral_id=pk, before="accepted", after="proposed", by=helper)
        meeting.append(row.pk)

    steps: dict[str, Any] = {
        "consented": lambda: actions.consent(by=nurse, referral=pk, items=items),
        "waiting": wait,
        "sent": lambda: actions.send(by=nurse, referral=pk),
        "accepted": lambda: receiving.accept(by=helper, referral=pk),
        "proposed": propose,
        "met": meet,
        "attending": meet,
        "closed": lambda: receiving.close(by=helper, referral=pk, outcome="reached", words="Meni hyvin"),
        "declined": lambda: receiving.decline(by=helper, referral=pk, reason="full", text="Täynnä"),
        "lapsed": lapse,
        "withdrawn": lambda: actions.withdraw(by=nurse, referral=pk),
    }
    for step in WAYS[state]:
        steps[step]()
    one.refresh_from_db()
    assert one.state == state
    return one


SENT = ("consented", "sent")
WAYS: dict[str, tuple[str, ...]] = {
    "draft": (),
    "consented": ("consented",),
    "waiting": ("consented", "waiting"),
    "sent": SENT,
    "accepted": (*SENT, "accepted"),
    "proposed": (*SENT, "accepted", "proposed"),
    "met": (*SENT, "accepted", "met"),
    "attending": (*SENT, "accepted", "met", "attending"),
    "closed": (*SENT, "accepted", "met", "closed"),
    "declined": (*SENT, "declined"),
    "lapsed": (*SENT, "lapsed"),
    "withdrawn": ("withdrawn",),
}
"""By which steps each state is reached."""
