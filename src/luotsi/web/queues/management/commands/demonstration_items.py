"""`demonstration_items`: a few matters in the work queues of the demonstration, after `demonstration_users`.

Run again, it adds what is missing and leaves the rest as it is.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from luotsi.concepts.queues import NEW, Within
from luotsi.web.people import queries as people
from luotsi.web.people.management.commands.demonstration_users import RESIDENTS, UNIT
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role
from luotsi.web.queues import actions

SOCIAL = "1.2.246.10.32213579.10.1116"
"""An office of social services of the demonstration county."""
AT_ONCE = Within(amount=0, of="hours")
"""A promise that is late as soon as it is given, so that something in the queue is late."""
AINO, VEIKKO, MARIA, LAURI, LUMI = (each.code for each in RESIDENTS[:5])


class Made(NamedTuple):
    """A made-up matter; `end` is the outcome of one that has been handled."""

    code: str
    reason: str
    urgency: str
    queue: str = "symptom_contacts"
    unit: str = UNIT
    within: Within | None = None
    end: str = ""


ITEMS = (
    Made(AINO, "Selkä on ollut kipeä viikon, kipu ei säteile jalkaan", "days"),
    Made(VEIKKO, "Kotona mitattu verenpaine on koholla", "non_urgent"),
    Made(MARIA, "Hosta och feber i tre dagar", "today"),
    Made(LUMI, "Päänsärkyä useana koulupäivänä viikossa", "days"),
    Made(LAURI, "Kutiseva ihottuma käsivarsissa", "self_care"),
    Made(VEIKKO, "Kysymys uudesta lääkkeestä", "days", within=AT_ONCE),
    Made(AINO, "Apua kotona asumiseen leikkauksen jälkeen", "non_urgent", "social_contacts", SOCIAL),
    Made(AINO, "Rokotuksen ajankohta", "non_urgent", end="answered"),
)


class Command(BaseCommand):
    """Puts the matters of the demonstration into their queues."""

    help = "Puts a few made-up matters into the work queues. Only in a demonstration."

    @transaction.atomic
    def handle(self, *_args: Any, **_options: Any) -> None:
        """Adds what is missing."""
        if not settings.DEMONSTRATION:
            raise CommandError("Demonstration items are made only where LUOTSI_DEMONSTRATION is 1.")
        user = User.objects.get(email=f"{Role.PROFESSIONAL}@luotsi.example")
        for number, each in enumerate(ITEMS, 1):
            person = people.find_person(by=user, code=each.code)
            if person is None:
                raise CommandError("The demonstration's residents are not here. Run demonstration_users first.")
            item = actions.add_item(
                by=None,
                person=person,
                queue=each.queue,
                reason=each.reason,
                urgency=each.urgency,
                source=("demonstration", str(number)),
                unit=each.unit,
                within=each.within,
            )
            if each.end and item.state == NEW:
                actions.take(by=user, item=item.pk)
                actions.resolve(by=user, item=item.pk, outcome=each.end)
