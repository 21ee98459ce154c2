"""The database holds referrals to their way, lets nothing out without consent, and erases what is withdrawn."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luotsi.concepts.errors import UserError
from luotsi.concepts.referrals import CLOSED, ITEMS, OUTCOMES, PASSED, STATES, pairs
from luotsi.web.events.models import Event
from luotsi.web.people import codes
from luotsi.web.people.models import Person, User
from luotsi.web.queues.models import WorkItem
from luotsi.web.queues.tests.test_moves import at_once
from luotsi.web.referrals import actions, queries
from luotsi.web.referrals.models import Consent, Meeting, Receiver, Referral, Score, Transition
from luotsi.web.referrals.queries import NoReferral
from luotsi.web.referrals.receiving import actions as receiving
from luotsi.web.referrals.tests.made_up import WAYS, brought_to, draft, nurse_of, place, referral, volunteer

EXAMPLES = int(os.environ.get("LUOTSI_EXAMPLES", "25"))
WORDS = ("reason", "goals", "language", "access_needs", "phone", "email", "decline_text", "closing", "own_words")


def held_together(one: Referral) -> None:
    """A referral is where its last transition left it, has come there by allowed steps, and holds what it may hold."""
    steps = list(Transition.objects.filter(referral=one).order_by("id"))
    one.refresh_from_db()
    assert one.state == steps[-1].after
    assert [each.before for each in steps] == ["", *(each.after for each in steps[:-1])]
    assert {(each.before, each.after) for each in steps} <= set(pairs())
    holding = Consent.objects.filter(referral=one, ended_at=None)
    if one.state in PASSED:
        assert [each.organisation for each in holding] == [one.receiver and one.receiver.organisation]
    if one.state == "draft":
        assert not holding.exists()
    if one.state == "withdrawn":
        bare(one)


def bare(one: Referral) -> None:
    assert one.person is None
    assert not any(getattr(one, name) for name in (*WORDS, "origin_id", "minor_mark", "link_worker_id"))
    assert not Meeting.objects.filter(referral=one).exists()
    assert not Score.objects.filter(referral=one).exists()
    assert not [each for each in Consent.objects.filter(referral=one) if each.items or not each.ended_at]


@pytest.mark.parametrize(
    ("declared", "name"), [(STATES, "state"), (OUTCOMES, "outcome"), (ITEMS, "item")], ids=lambda each: str(each)[:9]
)
def test_what_is_declared_of_referrals_has_words_in_the_code_lists(declared: tuple[str, ...], name: str) -> None:
    assert set(codes.rows(f"wellbeing_referral_{name}")) == set(declared)


@pytest.mark.django_db
@pytest.mark.parametrize("before", STATES)
def test_the_database_lets_through_the_declared_steps_and_no_other(
    before: str, hilkka: User, veera: User, seura: Receiver, veikko: Person
) -> None:
    one = brought_to(before, referral(hilkka, veikko, seura), hilkka, veera)
    for after in STATES:
        allowed = (before, after) in set(pairs())
        outcome = "returned" if after == CLOSED else ""
        reason = "full" if after == "declined" else ""
        needs = after == "consented"
        passed = False
        try:
            with transaction.atomic():
                if needs:
                    given_to(one, veera)
                Transition.objects.create(
                    referral=one, before=before, after=after, outcome=outcome, decline_reason=reason
                )
                passed = True
                held_together(one)
                transaction.set_rollback(True)
        except DatabaseError:
            passed = False
        assert passed == allowed, (before, after)
        one.refresh_from_db()
    held_together(one)


def given_to(one: Referral, by: User, **more: Any) -> Consent:
    return Consent.objects.create(
        referral=one, organisation=one.receiver.organisation, items=["name"], own=False, recorded_by=by, **more
    )


@pytest.mark.django_db
def test_nothing_is_passed_on_without_a_consent_that_names_the_receiver(
    hilkka: User, veera: User, seura: Receiver, veikko: Person
) -> None:
    one = referral(hilkka, veikko, seura)
    with pytest.raises(DatabaseError, match="No consent"), transaction.atomic():
        Transition.objects.create(referral=one, before="draft", after="consented")
    other = place(entry="toinen")
    Consent.objects.create(referral=one, organisation=other.organisation, items=["name"], own=False, recorded_by=hilkka)
    with pytest.raises(DatabaseError, match="No consent"), transaction.atomic():
        Transition.objects.create(referral=one, before="draft", after="consented")
    assert Referral.objects.get(pk=one.pk).state == "draft"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [{"state": "closed"}, {"outcome": "reached"}, {"reason": "Muu"}, {"phone": "1"}, {"person": None}, {"goals": ""}],
    ids=str,
)
def test_what_has_been_consented_to_stands_and_a_referral_moves_by_a_transition_alone(
    change: dict[str, Any], hilkka: User, veera: User, seura: Receiver, veikko: Person
) -> None:
    one = brought_to("sent", referral(hilkka, veikko, seura), hilkka, veera)
    with pytest.raises(DatabaseError), transaction.atomic():
        Referral.objects.filter(pk=one.pk).update(**change)
    held_together(one)


@pytest.mark.django_db
def test_transitions_and_consents_stand_for_good(hilkka: User, veera: User, seura: Receiver, veikko: Person) -> None:
    one = brought_to("sent", referral(hilkka, veikko, seura), hilkka, veera)
    for refused in (
        lambda: Transition.objects.filter(referral=one).update(after="closed"),
        lambda: Transition.objects.filter(referral=one).delete(),
        lambda: Transition.objects.create(referral=one, before="", after="draft"),
        lambda: Consent.objects.filter(referral=one).update(items=["name", "email"]),
        lambda: Consent.objects.filter(referral=one).delete(),
        lambda: given_to(one, veera),
        lambda: Referral.objects.create(person=veikko, unit="1", origin="page", state="sent", receiver=seura),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            refused()
    held_together(one)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [state for state in STATES if state != "withdrawn"])
def test_consent_withdrawn_in_any_state_stops_and_erases(
    state: str, hilkka: User, veera: User, seura: Receiver, veikko: Person
) -> None:
    one = brought_to(state, referral(hilkka, veikko, seura, language="sv"), hilkka, veera)
    if state in PASSED[1:]:
        receiving.propose(by=veera, referral=one.pk, starts_at=soon(), place="Kahvila")
    actions.score(by=hilkka, referral=one.pk, moment="before", who5=[1, 2, 3, 4, 5], lonely=2)
    queries.opened(by=hilkka, referral=one.pk)
    done = actions.withdraw(by=hilkka, referral=one.pk)
    held_together(done)
    bare(done)
    assert (done.unit, done.made_at) == (one.unit, one.made_at)
    assert not WorkItem.objects.filter(origin="referral", state__in=("new", "taken", "handed_over")).exists()
    assert queries.passed(by=veera) == []
    for gone in (
        lambda: queries.open_passed(by=veera, referral=one.pk),
        lambda: queries.opened(by=hilkka, referral=one.pk),
        lambda: actions.withdraw(by=hilkka, referral=one.pk),
        lambda: receiving.accept(by=veera, referral=one.pk),
    ):
        with pytest.raises(NoReferral):
            gone()
    told = Event.objects.get(name="referral.withdrawn").payload["wellbeing_referral"]
    assert (told["person"], told["state"], told["who5_before"]) == ("", "withdrawn", "")
    for refused in (
        lambda: Meeting.objects.create(referral=one, starts_at=soon(), place="x", proposed_by=veera),
        lambda: Score.objects.create(referral=one, moment="after", instrument="lonely", value=1),
        lambda: given_to(one, veera, ended_at=soon()),
        lambda: Referral.objects.filter(pk=one.pk).update(closing="Silti"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            refused()


def soon() -> datetime.datetime:
    return timezone.now() + datetime.timedelta(days=2)


@pytest.mark.django_db
def test_no_event_of_a_referral_holds_the_words_of_anyone(
    hilkka: User, veera: User, seura: Receiver, veikko: Person
) -> None:
    brought_to("closed", referral(hilkka, veikko, seura), hilkka, veera)
    told = str([each.payload for each in Event.objects.filter(name__startswith="referral.")])
    for words in ("Yksinäisyys", "tavata", "040 000", "Hissi", "Meni", "Veikko"):
        assert words not in told


DOINGS: dict[str, Callable[[dict[str, User], Referral, Receiver], Any]] = {
    "consent": lambda who, one, _to: actions.consent(by=who["nurse"], referral=one.pk, items=["name", "goals"]),
    "send": lambda who, one, _to: actions.send(by=who["nurse"], referral=one.pk),
    "send or wait": lambda who, one, _to: actions.send(by=who["nurse"], referral=one.pk, wait=True),
    "edit": lambda who, one, to: actions.edit(by=who["nurse"], referral=one.pk, draft=draft(to)),
    "edit without": lambda who, one, _to: actions.edit(by=who["nurse"], referral=one.pk, draft=draft(None)),
    "ask": lambda who, one, _to: actions.ask_coordinator(by=who["nurse"], referral=one.pk),
    "withdraw": lambda who, one, _to: actions.withdraw(by=who["nurse"], referral=one.pk),
    "score": lambda who, one, _to: actions.score(by=who["nurse"], referral=one.pk, moment="before", lonely=1),
    "accept": lambda who, one, _to: receiving.accept(by=who["helper"], referral=one.pk),
    "decline": lambda who, one, _to: receiving.decline(by=who["helper"], referral=one.pk, reason="full"),
    "propose": lambda who, one, _to: receiving.propose(
        by=who["helper"], referral=one.pk, starts_at=soon(), place="Kahvila"
    ),
    "contact": lambda who, one, _to: receiving.contact(by=who["helper"], referral=one.pk),
    "close": lambda who, one, _to: receiving.close(by=who["helper"], referral=one.pk, outcome="partly"),
    "return": lambda who, one, _to: receiving.close(by=who["helper"], referral=one.pk, outcome="returned"),
}
FORWARD = ["consent", "send", "accept", "propose", "contact", "close"]


@pytest.mark.django_db
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    forward=st.integers(0, len(FORWARD)),
    done=st.lists(st.tuples(st.sampled_from(sorted(DOINGS)), st.integers(0, 1)), max_size=10),
)
def test_no_sequence_of_doings_breaks_what_holds(
    forward: int, done: list[tuple[str, int]], hilkka: User, veera: User, seura: Receiver, veikko: Person
) -> None:
    with transaction.atomic():
        seura.places = 1
        seura.save()
        before = Event.objects.filter(name__startswith="referral.").count()
        both = [referral(hilkka, veikko, seura), referral(hilkka, veikko, seura)]
        told, who = 2, {"nurse": hilkka, "helper": veera}
        for name, which in [*((each, 0) for each in FORWARD[:forward]), *done]:
            try:
                with transaction.atomic():
                    DOINGS[name](who, both[which], seura)
                    told += 1
            except (UserError, NoReferral):
                continue
        for one in both:
            held_together(one)
        assert Referral.objects.filter(receiver=seura, state__in=PASSED).count() <= 1
        # Every step that was let through is one event, and no other is.
        assert Event.objects.filter(name__startswith="referral.").count() - before == told
        transaction.set_rollback(True)


def settled(transactional: None) -> tuple[User, User, Receiver, Person]:
    """A nurse, a volunteer, an association and a person, whose rows others see."""
    from luotsi.web.people.tests.made_up import person

    who, receiver = person("230368-9116", "Veikko", municipality="179"), place(places=1)
    return nurse_of(who), volunteer(receiver), receiver, who


def test_of_four_sent_at_once_to_the_last_place_one_goes_and_three_are_told(transactional_db: None) -> None:
    nurse, helper, receiver, who = settled(transactional_db)
    every = [brought_to("consented", referral(nurse, who, receiver), nurse, helper) for _ in range(4)]

    def send(place: int) -> Any:
        try:
            return actions.send(by=User.objects.get(pk=nurse.pk), referral=every[place].pk)
        except actions.Full:
            return "full"

    said = at_once(4, send)
    assert sum(isinstance(each, Referral) for each in said) == 1
    assert said.count("full") == 3
    assert Referral.objects.filter(state="sent").count() == 1


def test_accepting_and_withdrawing_at_once_leave_one_clear_way_and_nothing_of_the_person(
    transactional_db: None,
) -> None:
    nurse, helper, receiver, who = settled(transactional_db)
    for _round in range(3):
        one = brought_to("sent", referral(nurse, who, receiver), nurse, helper)
        doings = ["accept", "withdraw", "decline", "accept"]

        def doing(each: int, one: Referral = one, doings: list[str] = doings) -> Any:
            both = {"nurse": User.objects.get(pk=nurse.pk), "helper": User.objects.get(pk=helper.pk)}
            try:
                return DOINGS[doings[each]](both, one, receiver)
            except NoReferral as no:
                return str(no)

        at_once(4, doing)
        held_together(one)
        assert one.state == "withdrawn"


def test_every_state_has_a_way_for_tests_to_reach_it() -> None:
    assert set(WAYS) == set(STATES)
