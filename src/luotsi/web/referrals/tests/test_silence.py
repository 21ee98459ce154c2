"""What happens to referrals that no one answers: each step once, in working days, and no name in a letter."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from luotsi.concepts.queues import HERE
from luotsi.web.events.models import Event
from luotsi.web.people.models import Person, User
from luotsi.web.queues.models import WorkItem
from luotsi.web.referrals import actions, queries, silence
from luotsi.web.referrals.models import Receiver, Referral, Transition
from luotsi.web.referrals.queries import NoReferral
from luotsi.web.referrals.receiving import actions as receiving
from luotsi.web.referrals.tests.made_up import brought_to, referral

pytestmark = pytest.mark.django_db
MONDAY = datetime.datetime(2026, 1, 12, 9, tzinfo=HERE)
"""No day off follows it for weeks."""


def day(number: int, hour: int = 23, minute: int = 59) -> datetime.datetime:
    """So many days after the Monday, at its last minute."""
    return MONDAY.replace(hour=hour, minute=minute) + datetime.timedelta(days=number)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets everything happen at a time."""

    def moved(moment: datetime.datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)
        for model, field in ((Transition, "at"), (Referral, "made_at")):
            monkeypatch.setattr(model._meta.get_field(field), "_get_default", lambda: moment)

    return moved


@pytest.fixture
def sent(hilkka: User, veera: User, seura: Receiver, veikko: Person, at: Any) -> Referral:
    """A referral sent on the Monday."""
    at(MONDAY)
    one = brought_to("sent", referral(hilkka, veikko, seura), hilkka, veera)
    assert silence.run() == {"announced": 1}
    assert silence.run() == {}
    return one


def run(at: Any, moment: datetime.datetime) -> dict[str, int]:
    at(moment)
    return dict(silence.run())


def matters() -> list[str]:
    return [each.origin_id.partition(":")[2].partition(":")[0] for each in WorkItem.objects.order_by("added_at", "id")]


def test_a_receiver_who_does_not_answer_is_reminded_then_the_coordinator_is_told_and_at_last_it_lapses(
    sent: Referral, veera: User, at: Any
) -> None:
    assert run(at, day(3, 23, 58)) == {}
    assert run(at, day(3)) == {"reminded": 1}
    assert run(at, day(3)) == run(at, day(6)) == {}
    assert run(at, day(7)) == {"escalated": 1}
    assert matters() == ["silent"]
    assert run(at, day(8)) == {}
    assert run(at, day(14)) == {"lapsed": 1}
    assert matters() == ["silent", "back"]
    assert run(at, day(15)) == {}
    assert queries.passed(by=veera) == []
    with pytest.raises(NoReferral):
        receiving.accept(by=veera, referral=sent.pk)
    names = Event.objects.filter(by=None, name__startswith="referral.").order_by("id").values_list("name", flat=True)
    assert list(names) == [f"referral.{each}" for each in ("announced", "reminded", "escalated", "lapsed")]


def test_the_letter_names_no_one_and_says_nothing_of_the_matter(sent: Referral, at: Any) -> None:
    run(at, day(3))
    assert [letter.to for letter in mail.outbox] == [["seura@luotsi.example"]] * 2
    whole = " ".join(f"{letter.subject} {letter.body}" for letter in mail.outbox)
    assert not [word for word in ("Veikko", "Verrokki", "Yksinäisyys", "040", str(sent.pk)) if word in whole]


def test_a_letter_that_does_not_leave_is_tried_again(sent: Referral, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: Any) -> None:
        raise ConnectionRefusedError("no server")

    with monkeypatch.context() as patched:
        patched.setattr(mail.EmailMessage, "send", broken)
        assert run(at, day(3)) == {}
    assert run(at, day(3)) == {"reminded": 1}


def test_one_who_has_accepted_and_proposes_no_time_is_reminded_anew_and_never_lapses(
    sent: Referral, veera: User, at: Any
) -> None:
    run(at, day(3))
    at(day(4, 9))
    receiving.accept(by=veera, referral=sent.pk)
    assert run(at, day(5)) == {}
    assert run(at, day(9)) == {"reminded": 1}
    assert run(at, day(11)) == {"escalated": 1}
    assert run(at, day(60)) == {}
    assert len(mail.outbox) == 3


def test_one_that_waits_is_sent_when_a_place_is_free_the_oldest_first(
    sent: Referral, hilkka: User, veera: User, seura: Receiver, veikko: Person, at: Any
) -> None:
    receiving.tell_places(by=veera, receiver=seura.pk, places=1)
    waits = []
    for number in (1, 2):
        at(day(number))
        one = actions.begin(
            by=hilkka, person=veikko.pk, draft=actions.Draft(receiver=seura.pk, goals="Ulos kotoa", phone="1")
        )
        actions.consent(by=hilkka, referral=one.pk, items=["name"])
        with pytest.raises(actions.Full, match="no free place"):
            actions.send(by=hilkka, referral=one.pk)
        waits.append(actions.send(by=hilkka, referral=one.pk, wait=True))
    assert [each.state for each in waits] == ["waiting", "waiting"]
    assert len(queries.passed(by=veera)) == 1
    assert "offered" not in run(at, day(2))
    receiving.decline(by=veera, referral=sent.pk, reason="not_fitting")
    assert run(at, day(2))["offered"] == 1
    assert [Referral.objects.get(pk=each.pk).state for each in waits] == ["sent", "waiting"]


def test_the_coordinator_is_asked_how_it_goes_three_and_six_months_after_they_met(
    sent: Referral, veera: User, at: Any
) -> None:
    at(day(1))
    receiving.accept(by=veera, referral=sent.pk)
    receiving.contact(by=veera, referral=sent.pk)
    assert run(at, day(80)) == {}
    assert run(at, day(95)) == {"followed up": 1}
    receiving.close(by=veera, referral=sent.pk, outcome="reached")
    assert run(at, day(96)) == {}
    assert run(at, day(190)) == {"followed up": 1}
    assert run(at, day(300)) == {}
    assert matters() == ["follow_up", "follow_up"]


def test_what_is_withdrawn_is_asked_after_by_no_one(sent: Referral, hilkka: User, at: Any) -> None:
    run(at, day(7))
    actions.withdraw(by=hilkka, referral=sent.pk)
    assert run(at, day(300)) == {}
    assert [each.state for each in WorkItem.objects.all()] == ["cancelled"]
