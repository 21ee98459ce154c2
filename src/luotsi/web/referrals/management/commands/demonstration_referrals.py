"""`demonstration_referrals`: receivers, a volunteer and a few made-up referrals, after users and services.

Run again, it adds what is missing and leaves the rest as it is.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from luotsi.web.people import queries as people
from luotsi.web.people.management.commands.demonstration_users import RESIDENTS
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role
from luotsi.web.referrals import actions
from luotsi.web.referrals.actions import Draft
from luotsi.web.referrals.models import Receiver, Referral
from luotsi.web.referrals.receiving import actions as receiving
from luotsi.web.services.models import Organisation

AINO, VEIKKO, MARIA = (each.code for each in RESIDENTS[:3])
FRIENDS, GROUP = "Ystävätupa ry", "Mielenterveysyhdistys Vire ry"
PLACES = {FRIENDS: 4, GROUP: 0}
"""Who takes referrals; the volunteer is of the first, and the second has said that it takes none now."""
ITEMS = ("name", "phone", "municipality", "language", "reason", "goals")
TO_AINO = Draft(
    reason="Muuttanut leskeksi jäätyään, tuttavia on vähän.",
    goals="Haluan jonkun, jonka kanssa käydä kahvilla ja kävelyllä.",
    phone="040 000 0001",
)
TO_VEIKKO = Draft(
    reason="Jäänyt eläkkeelle, päivät tuntuvat pitkiltä.",
    goals="Haluan tehdä jotain käsilläni muiden kanssa.",
    phone="040 000 0002",
)
TO_MARIA = Draft(
    reason="Flyttat till orten, känner ingen här.",
    goals="Jag vill träffa andra som talar svenska.",
    language="sv",
    access_needs="Tillgänglig ingång",
)


class Command(BaseCommand):
    """Makes the referrals of the demonstration."""

    help = "Makes receivers, a volunteer's association and a few referrals. Only in a demonstration."

    @transaction.atomic
    def handle(self, *_args: Any, **_options: Any) -> None:
        """Adds what is missing."""
        if not settings.DEMONSTRATION:
            raise CommandError("Demonstration referrals are made only where LUOTSI_DEMONSTRATION is 1.")
        users = {role: User.objects.filter(email=f"{role}@luotsi.example").first() for role in Role}
        nurse, helper = users[Role.PROFESSIONAL], users[Role.VOLUNTEER]
        administrator, resident = users[Role.ADMINISTRATOR], users[Role.RESIDENT]
        if nurse is None or helper is None or administrator is None or resident is None:
            raise CommandError("The demonstration's users are not here. Run demonstration_users first.")
        if Receiver.objects.exists():
            return
        organisations = Organisation.objects.filter(name__fi__in=PLACES)
        if missing := PLACES.keys() - {each.name["fi"] for each in organisations}:
            # The home has a directory of its own.
            self.stdout.write(f"No referrals are made up: the directory has no {', '.join(sorted(missing))}.")
            return
        for each in organisations:
            actions.open_receiver(by=administrator, organisation=each, places=PLACES[each.name["fi"]])
        friends = Receiver.objects.get(organisation__name__fi=FRIENDS)
        actions.appoint_volunteer(by=administrator, user=helper, organisation=friends.organisation)
        _proposed(nurse, resident, helper, friends)
        _made(nurse, VEIKKO, TO_VEIKKO, friends)
        _declined(nurse, helper, friends)


def _made(nurse: User, code: str, draft: Draft, receiver: Receiver) -> Referral:
    person = people.find_person(by=nurse, code=code)
    if person is None:
        raise CommandError("The demonstration's residents are not here. Run demonstration_users first.")
    said = Draft(**{**vars(draft), "receiver": receiver.pk})
    return actions.begin(by=nurse, person=person, draft=said)


def _proposed(nurse: User, resident: User, helper: User, receiver: Receiver) -> None:
    """One that the resident has consented to themself, and for whom a time is proposed."""
    one = _made(nurse, AINO, TO_AINO, receiver)
    actions.score(by=nurse, referral=one.pk, moment="before", who5=[2, 2, 1, 2, 2], lonely=3)
    actions.consent(by=resident, referral=one.pk, items=ITEMS, reads_closing=True)
    actions.send(by=resident, referral=one.pk)
    receiving.accept(by=helper, referral=one.pk)
    day = timezone.localtime() + datetime.timedelta(days=7)
    receiving.propose(by=helper, referral=one.pk, starts_at=day.replace(hour=13, minute=0), place="Ystävätuvan kahvila")


def _declined(nurse: User, helper: User, receiver: Receiver) -> None:
    """One that has come back to the coordinators."""
    one = _made(nurse, MARIA, TO_MARIA, receiver)
    actions.consent(by=nurse, referral=one.pk, items=("name", "language", "goals"))
    actions.send(by=nurse, referral=one.pk)
    receiving.decline(by=helper, referral=one.pk, reason="not_fitting", text="Meillä ei ole ruotsinkielistä ryhmää.")
