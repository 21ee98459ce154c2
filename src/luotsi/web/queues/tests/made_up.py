"""Queues, professionals, children and items for tests."""

from __future__ import annotations

import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from luotsi.concepts.identifiers import CHECK
from luotsi.concepts.queues import Queue
from luotsi.web.people.actions import add_person
from luotsi.web.people.models import Membership, Person, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import DAY, HEALTH_CENTRE
from luotsi.web.queues.actions import add_item
from luotsi.web.queues.models import WorkItem

OTHER = "1.2.3.2"
_WORDS = {
    "label": {"fi": "Jono", "sv": "Kö", "en": "Queue"},
    "answer": {"fi": "Luemme", "sv": "Vi läser", "en": "We read"},
}


def _queue(name: str, **said: Any) -> Queue:
    whole = {"queue": name, **_WORDS, "sector": "health", "owner": "Me", "promise": {"amount": 1, "of": "days"}}
    return Queue.model_validate({**whole, **said})


QUEUES = {
    "symptoms": _queue(
        "symptoms",
        label={"fi": "Oireet", "sv": "Symtom", "en": "Symptoms"},
        units=(HEALTH_CENTRE, OTHER),
        teams={"nurses": {"fi": "Hoitajat", "sv": "Skötare", "en": "Nurses"}},
        promises={"now": {"amount": 1, "of": "hours"}, "non_urgent": {"amount": 9, "of": "days"}},
    ),
    "social": _queue(
        "social",
        label={"fi": "Sosiaali", "sv": "Social", "en": "Social"},
        units=(HEALTH_CENTRE,),
        sector="social",
        promise={"amount": 2, "of": "months"},
        limit={"within": {"amount": 7, "of": "working_days"}, "source": "Act 1301/2014 section 36"},
    ),
}
_numbers = count(1)


def professional(name: str, *units: str) -> User:
    """A professional of some units."""
    user = User.objects.create_user(f"{name.lower()}@luotsi.example", name=name)
    for unit in units:
        Membership.objects.create(user=user, role=Role.PROFESSIONAL, unit=unit, since=DAY)
    return user


def of_age(years: int, number: int = 940) -> Person:
    """A person who turned so many years a while ago."""
    born = timezone.localdate() - datetime.timedelta(days=int(365.25 * years) + 40)
    digits = f"{born:%d%m%y}{number}"
    code = f"{born:%d%m%y}{'A' if born.year >= 2000 else '-'}{number}{CHECK[int(digits) % 31]}"
    return add_person(by=None, code=code, name=f"Ikä {years}", language="fi", municipality="179")


def item(person: Person, **said: Any) -> WorkItem:
    """An item that has just come to the health centre."""
    whole = {"queue": "symptoms", "reason": "Kurkkukipu", "urgency": "days", "source": ("test", str(next(_numbers)))}
    return add_item(by=None, person=person.pk, **{**whole, **said})
