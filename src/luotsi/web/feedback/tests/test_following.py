"""Feedback follows a matter that has ended: who is asked, who finds the link, that it answers once and names no one."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.utils import timezone

from luotsi.web.assessments.tests.conftest import signed_in
from luotsi.web.events.models import Event
from luotsi.web.feedback.models import Answer, Invitation
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import HEALTH_CENTRE, user_with
from luotsi.web.queues import actions as queues
from luotsi.web.queues import queries
from luotsi.web.queues.tests.made_up import QUEUES, item

pytestmark = pytest.mark.django_db


@pytest.fixture
def hilkka(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(queries, "queues", lambda: QUEUES)
    return user_with(Role.PROFESSIONAL, HEALTH_CENTRE)


@pytest.fixture
def rauha(hilkka: Any) -> Any:
    return user_with(Role.RESIDENT)


def ended(by: Any, person: Any, outcome: str = "answered") -> str:
    """The subject of a matter that has been taken and resolved."""
    made = item(person)
    queues.take(by=by, item=made.pk)
    queues.resolve(by=by, item=made.pk, outcome=outcome)
    return f"work_item:{made.pk}"


def link(page: str) -> str:
    return next(iter(re.findall(r'href="(/feedback/[^"]*)">How did it go', page)), "")


def test_who_had_a_matter_finds_a_link_that_answers_once(hilkka: Any, rauha: Any) -> None:
    event = ended(hilkka, rauha.person)
    asked = Invitation.objects.get()
    assert (asked.event, asked.unit, asked.channel) == (event, HEALTH_CENTRE, "web")
    assert (asked.age_group, asked.sex, asked.language, asked.municipality) == ("30-64", "2", "sv", "179")
    browser = signed_in(rauha)
    address = link(browser.get("/matters/").content.decode())
    assert browser.get(address).status_code == 200
    Invitation.objects.update(answered_at=timezone.now())
    assert not link(browser.get("/matters/").content.decode())
    assert not Answer.objects.exists()


def test_neither_the_row_nor_the_event_holds_the_secret_or_the_person(hilkka: Any, rauha: Any) -> None:
    ended(hilkka, rauha.person)
    secret = link(signed_in(rauha).get("/matters/").content.decode()).rstrip("/").rpartition("/")[2]
    said = Event.objects.get(name="feedback.asked")
    assert secret
    assert secret not in str(said.payload) + said.subject + str(Invitation.objects.values())
    assert str(rauha.person.pk) not in str(said.payload)


@pytest.mark.parametrize("outcome", ["not_reached", "declined", "no_need"])
def test_where_nothing_was_done_nothing_is_asked(hilkka: Any, rauha: Any, outcome: str) -> None:
    ended(hilkka, rauha.person, outcome)
    assert not Invitation.objects.exists()


def test_the_same_person_is_asked_again_only_after_a_month(hilkka: Any, rauha: Any) -> None:
    ended(hilkka, rauha.person)
    ended(hilkka, rauha.person)
    assert Invitation.objects.count() == 1
    earlier = timezone.now() - datetime.timedelta(days=31)
    Invitation.objects.update(sent_at=earlier)
    ended(hilkka, rauha.person)
    assert Invitation.objects.count() == 2
