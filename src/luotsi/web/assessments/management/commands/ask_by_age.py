"""`ask_by_age FORM AGE UNIT DAYS`: asks everyone of an age in the register to fill the form of their check-up.

Run again, it asks those who have come of the age since, and no one twice.
"""

from __future__ import annotations

import datetime
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from luotsi.concepts.errors import UserError
from luotsi.web.assessments.inviting import actions
from luotsi.web.people import queries as people


class Command(BaseCommand):
    """Asks for the form of an age check."""

    help = (
        "Asks everyone of an age to fill a form before their check-up, as: ask_by_age previsit_fifth_grade 11 1.2.3 60"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The form, the age in full years, the unit that makes the check, and in how many days to answer."""
        parser.add_argument("form")
        parser.add_argument("age", type=int)
        parser.add_argument("unit")
        parser.add_argument("days", type=int)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Asks each, and tells how many are of the age."""
        until = timezone.localdate() + datetime.timedelta(days=options["days"])
        form, age, unit = options["form"], options["age"], options["unit"]
        found = people.of_age(by=None, years=age)
        try:
            for person in found:
                actions.ask(by=None, person=person, form=form, unit=unit, age=age, until=until)
        except UserError as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"{len(found)} persons are {age} years old and have been asked to fill {form} by {until}.")
