"""A volunteer tries every address of the house, with the ids of what is really there and is not theirs."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from luotsi.web.people.models import AccessLog, Person, User
from luotsi.web.people.permissions import Role, table
from luotsi.web.people.sessions import landing
from luotsi.web.people.tests.made_up import HEALTH_CENTRE, person, sign_in
from luotsi.web.queues import queries as queues
from luotsi.web.queues.models import WorkItem
from luotsi.web.queues.tests.made_up import QUEUES, item
from luotsi.web.referrals.models import Meeting, Receiver, Referral
from luotsi.web.referrals.tests.made_up import brought_to, nurse_of, place, referral, volunteer

CODE = "230368-9116"
HIDDEN = ("Veikko Verrokki", CODE, "Yksinäisyys", "Haluan tavata", "040 000 0000", "Kurkkukipu")
"""What is known of the person, none of which is passed to this volunteer."""
MINE = {action for action, roles in table().items() if Role.VOLUNTEER in roles}


def addresses(patterns: list[Any]) -> list[URLPattern]:
    found = [addresses(each.url_patterns) if isinstance(each, URLResolver) else [each] for each in patterns]
    return [each for several in found for each in several]


@pytest.fixture
def there(db: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A person with a matter in a queue and a referral passed to another association: argument -> its id."""
    every = {**queues.queues(), **QUEUES}
    monkeypatch.setattr(queues, "queues", lambda: every)
    who = person(CODE, "Veikko Verrokki", municipality="179")
    nurse, other = nurse_of(who), place(entry="toinen")
    one = brought_to("accepted", referral(nurse, who, other), nurse, volunteer(other, "Ville"))
    meeting = Meeting.objects.create(referral=one, starts_at=one.made_at, place="Kahvila", proposed_by=nurse)
    matter = item(who)
    return {
        "person": who.pk,
        "referral": one.pk,
        "meeting": meeting.pk,
        "item": matter.pk,
        "receiver": other.pk,
        "organisation": other.organisation.pk,
        "unit": HEALTH_CENTRE,
        "pk": nurse.pk,
    }


def filled(pattern: URLPattern, there: dict[str, Any]) -> str:
    """The address with ids of what is there; where we have none of a kind, the referral's or the first."""
    odd = {"UUIDConverter": there["referral"], "IntConverter": 1, "SlugConverter": "who_5"}
    given = {
        name: there.get(name, odd.get(type(converter).__name__, "nothing"))
        for name, converter in pattern.pattern.converters.items()
    }
    fits = {
        name: value
        for name, value in given.items()
        if pattern.pattern.converters[name].__class__.__name__ != "IntConverter" or str(value).isdecimal()
    }
    return reverse(str(pattern.name), kwargs={**dict.fromkeys(given, 1), **fits})


def test_a_volunteer_who_tries_every_address_gets_nothing_that_is_not_theirs(there: dict[str, Any]) -> None:
    user = volunteer(place(), "Veera")
    client = Client(raise_request_exception=False)
    mine = ""
    before = AccessLog.objects.count()
    rows = list(Referral.objects.values()), list(WorkItem.objects.values()), list(Receiver.objects.values())
    for each in addresses(get_resolver().url_patterns):
        action = getattr(each.callback, "action", "")
        path = filled(each, there)
        for method in ("get", "post"):
            # Signing out and the like end the session; each address is tried by one who is signed in.
            held = client.cookies.get(settings.SESSION_COOKIE_NAME)
            if held is None or held.value != mine or not SessionStore(mine).exists(mine):
                sign_in(client, user, minutes=0)
                mine = client.cookies[settings.SESSION_COOKIE_NAME].value
            answer = getattr(client, method)(path)
            assert answer.status_code < 500, path
            said = b"" if answer.streaming else answer.content
            assert not [word for word in HIDDEN if word in said.decode("utf-8", "replace")], path
            if action and action not in MINE:
                led = answer.headers.get("location", "")
                assert answer.status_code in (403, 404, 405) or led.startswith("/sign-in/"), (path, answer.status_code)
    assert AccessLog.objects.count() == before
    assert rows == (
        list(Referral.objects.values()),
        list(WorkItem.objects.values()),
        list(Receiver.objects.values()),
    )


def test_a_volunteer_may_do_these_things_and_no_other() -> None:
    own = {"account.change", "favourite.keep", "person.read_passed_on"}
    assert own | {"passed_referral.read", "passed_referral.answer"} == MINE


@pytest.mark.django_db
def test_one_who_has_the_role_of_a_volunteer_and_no_association_sees_an_empty_list(there: dict[str, Any]) -> None:
    user = User.objects.create_user("yksin@luotsi.example", name="Yksin")
    user.memberships.create(role=Role.VOLUNTEER, unit="", since="2026-01-01")
    client = Client()
    sign_in(client, user, minutes=0)
    answer = client.get(reverse("received_referrals"))
    assert answer.status_code == 200
    assert not [word for word in HIDDEN if word in answer.content.decode()]
    assert Person.objects.count() == 1


@pytest.mark.django_db
def test_a_volunteer_lands_on_what_was_passed_to_them() -> None:
    user = User.objects.create_user("yksin@luotsi.example", name="Yksin")
    user.memberships.create(role=Role.VOLUNTEER, unit="", since="2026-01-01")
    assert landing(user) == reverse("received_referrals")
