"""`demonstration_answers`: forms that the demonstration's resident has filled and is asked to fill.

Run again, it adds what is missing and leaves the rest as it is. After `demonstration_users`.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from luotsi.web.assessments import actions, published, queries
from luotsi.web.assessments.actions import Sent
from luotsi.web.assessments.inviting import actions as inviting
from luotsi.web.assessments.models import Invitation
from luotsi.web.assessments.queries import Whose
from luotsi.web.people import queries as people
from luotsi.web.people.management.commands.demonstration_users import UNIT
from luotsi.web.people.mandates import acts_for
from luotsi.web.people.models import Mandate, User
from luotsi.web.people.permissions import Role

FILLED = "findrisc"
ANSWERS = {
    "diabetes": ["no"],
    "sex": ["female"],
    "age": ["60"],
    "height": ["170"],
    "weight": ["75"],
    "waist": ["85"],
    "q4": ["no"],
    "q5": ["not_daily"],
    "q6": ["no"],
    "q7": ["yes"],
    "pregnancy": ["no"],
    "q8": ["close"],
}
ASKED = "who_5"
"""The form that the resident is asked to fill."""
VISIT, CHECK = "previsit_maternity", "previsit_fifth_grade"
"""The forms that the resident is asked for before a visit, and the child they act for before a check."""


class Command(BaseCommand):
    """Fills one form and asks for another."""

    help = "Fills a form for the demonstration's resident and asks for another. Only in a demonstration."

    @transaction.atomic
    def handle(self, *_args: Any, **_options: Any) -> None:
        """Adds what is missing."""
        if not settings.DEMONSTRATION:
            raise CommandError("Demonstration answers are made only where LUOTSI_DEMONSTRATION is 1.")
        user = User.objects.get(email=f"{Role.RESIDENT}@luotsi.example")
        whose = Whose(people.own_data(by=user, what="assessment"), user)
        known = {each.version.form for each in queries.responses(whose)}
        for form, answers, context in ((FILLED, ANSWERS, ""), (ASKED, {}, "invitation")):
            offered = published.newest(form)
            if offered is None or form in known:
                continue
            response = actions.start(by=user, whose=whose, version=offered.version, context=context)
            if answers:
                actions.save(by=user, whose=whose, response=response.pk, sent=Sent(0, answers), language="fi")
                actions.complete(by=user, whose=whose, response=response.pk)
        _ask(whose)


def _ask(whose: Whose) -> None:
    """Asks the resident before a visit, and each child they act for before a check."""
    at = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0) + datetime.timedelta(days=14)
    until = timezone.localdate(at)
    there = Invitation.objects.filter(person=whose.resident.id, form=VISIT).exists()
    if published.newest(VISIT) and not there:
        inviting.ask(by=None, person=whose.resident.id, form=VISIT, unit=UNIT, visit_at=at, until=until)
    for each in acts_for(by=whose.by) if published.newest(CHECK) else ():
        if each.kind == Mandate.Kind.GUARDIAN:
            inviting.ask(by=None, person=each.person, form=CHECK, unit=UNIT, age=each.age, until=until)
