"""`demonstration_users`: one user for each role and a few made-up residents, for the demonstration only.

Run again, it adds what is missing and leaves the rest as it is. Personal identity codes are of the series 900-999,
which is never given to anyone.
"""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from luotsi.web.people import identity
from luotsi.web.people.actions import add_person, add_user, begin_care, grant_membership, record_mandate
from luotsi.web.people.models import SECTORS, Mandate, Person, User
from luotsi.web.people.permissions import Role

PASSWORD = "luotsi-demo-2026"
UNIT = "1.2.246.10.32213579.10.1001"
"""A health centre of the demonstration county."""
SINCE = datetime.date(2024, 1, 1)
NAMES = {
    Role.RESIDENT: "Aino Asukas",
    Role.PROFESSIONAL: "Hilkka Hoitaja",
    Role.OPERATIONAL_LEADER: "Oskari Osastonhoitaja",
    Role.TACTICAL_LEADER: "Taina Tulosjohtaja",
    Role.STRATEGIC_LEADER: "Sirkka Strategi",
    Role.ANALYST: "Antti Analyytikko",
    Role.ADMINISTRATOR: "Pertti Pääkäyttäjä",
    Role.PRIVACY_OFFICER: "Tiina Tietosuoja",
    Role.KEEPER: "Jaana Järjestö",
    Role.VOLUNTEER: "Ville Vapaaehtoinen",
}
IN_UNIT = (Role.PROFESSIONAL, Role.OPERATIONAL_LEADER)


class Made(NamedTuple):
    """A made-up resident; `care` says who cares for them: the professional, the unit, or no one."""

    code: str
    name: str
    language: str
    municipality: str
    care: str
    security_block: bool = False


RESIDENTS = (
    Made("010152-900W", "Aino Asukas", "fi", "077", "professional"),
    Made("230368-9116", "Veikko Verrokki", "fi", "179", "unit"),
    Made("050790-924W", "Maria Mallikas", "sv", "179", "unit", security_block=True),
    Made("311215A935P", "Lauri Luotola", "fi", "077", ""),
    Made("150512A9371", "Lumi Luotola", "fi", "077", ""),
    Made("061043-9002", "Helmi Heikkilä", "fi", "179", "unit"),
    Made("010101A901S", "Leevi Lehto", "fi", "179", "professional"),
)
"""Aino, Helmi and Leevi bear codes of residents of the synthetic county, so that its data tell of them too."""
MANDATES = (
    ("Lauri Luotola", Mandate.Kind.GUARDIAN, Mandate.Source.DVV),
    ("Lumi Luotola", Mandate.Kind.GUARDIAN, Mandate.Source.DVV),
    ("Veikko Verrokki", Mandate.Kind.AUTHORISED, Mandate.Source.SUOMI_FI),
)
"""For whom the demonstration's resident may act."""


def _users() -> dict[Role, User]:
    made: dict[Role, User] = {}
    # One hash for all: it hides nothing, as everyone is told the password, and hashing is meant to take long.
    hashed = ""
    for role, name in NAMES.items():
        email = f"{role}@luotsi.example"
        user = User.objects.filter(email=email).first()
        if user is None:
            user = add_user(by=None, email=email, name=name)
            user.password = hashed = hashed or make_password(PASSWORD)
            user.save(update_fields=["password"])
            if role != Role.RESIDENT:
                grant_membership(by=None, user=user, role=role, unit=UNIT if role in IN_UNIT else "", since=SINCE)
        made[role] = user
    return made


def _residents(users: dict[Role, User]) -> None:
    signs_in = users[Role.RESIDENT]
    free = not Person.objects.filter(user=signs_in).exists()
    for each in RESIDENTS:
        if Person.objects.filter(code_digest=identity.digest(each.code)).exists():
            continue
        person = add_person(
            by=None,
            code=each.code,
            name=each.name,
            language=each.language,
            municipality=each.municipality,
            security_block=each.security_block,
            user=signs_in if free and each.name == NAMES[Role.RESIDENT] else None,
        )
        if each.care == "unit":
            begin_care(by=None, person=person, unit=UNIT, since=SINCE)
        elif each.care:
            begin_care(by=None, person=person, user=users[Role.PROFESSIONAL], since=SINCE)


def _mandates(users: dict[Role, User]) -> None:
    agent = Person.objects.get(user=users[Role.RESIDENT])
    for name, kind, source in MANDATES:
        principal = Person.objects.get(code_digest=identity.digest(next(e.code for e in RESIDENTS if e.name == name)))
        if not Mandate.objects.filter(principal=principal, agent=agent).exists():
            record_mandate(
                by=None,
                principal=principal.pk,
                agent=agent.pk,
                kind=kind,
                covers=SECTORS,
                source=source,
                since=SINCE,
            )


class Command(BaseCommand):
    """Makes the demonstration users and says how to sign in as each."""

    help = "Makes a user for each role and a few made-up residents. Only in a demonstration."

    @transaction.atomic
    def handle(self, *_args: Any, **_options: Any) -> None:
        """Makes what is missing; prints one line a user."""
        if not settings.DEMONSTRATION:
            raise CommandError("Demonstration users are made only where LUOTSI_DEMONSTRATION is 1.")
        users = _users()
        _residents(users)
        _mandates(users)
        self.stdout.write(f"Sign in with the password {PASSWORD} as")
        for role in NAMES:
            self.stdout.write(f"  {role}@luotsi.example")
