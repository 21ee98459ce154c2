"""Who may do what with a referral, what each sees of it, and what the log tells of it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from luotsi.concepts.errors import UserError
from luotsi.concepts.referrals import ITEMS, PASSED, STATES
from luotsi.web.events.models import Event
from luotsi.web.people import queries as people
from luotsi.web.people.actions import record_mandate
from luotsi.web.people.mandates import acts_for
from luotsi.web.people.models import AccessLog, Basis, Mandate, Membership, Person, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.queries import NoBasis
from luotsi.web.people.tests.made_up import DAY, HEALTH_CENTRE, user_with
from luotsi.web.queues.models import WorkItem
from luotsi.web.queues.tests.made_up import of_age, professional
from luotsi.web.referrals import actions, queries
from luotsi.web.referrals.models import Meeting, Receiver, Referral, Score, Volunteer
from luotsi.web.referrals.queries import NoReferral
from luotsi.web.referrals.receiving import actions as receiving
from luotsi.web.referrals.tests.made_up import ALL, brought_to, draft, nurse_of, place, referral, volunteer

pytestmark = pytest.mark.django_db
Act = Callable[[User, Referral], Any]

STAFF: dict[str, Act] = {
    "edit": lambda by, one: actions.edit(by=by, referral=one.pk, draft=draft(one.receiver)),
    "ask_coordinator": lambda by, one: actions.ask_coordinator(by=by, referral=one.pk),
    "opened": lambda by, one: queries.opened(by=by, referral=one.pk),
}
BOTH: dict[str, Act] = {
    "consent": lambda by, one: actions.consent(by=by, referral=one.pk, items=["name"]),
    "send": lambda by, one: actions.send(by=by, referral=one.pk),
    "withdraw": lambda by, one: actions.withdraw(by=by, referral=one.pk),
    "score": lambda by, one: actions.score(by=by, referral=one.pk, moment="before", lonely=1),
}
OWN: dict[str, Act] = {
    "tell": lambda by, one: actions.tell(by=by, referral=one.pk, words="Hyvin"),
    "own_one": lambda by, one: queries.own_one(by=by, referral=one.pk),
}
RECEIVER: dict[str, Act] = {
    "accept": lambda by, one: receiving.accept(by=by, referral=one.pk),
    "decline": lambda by, one: receiving.decline(by=by, referral=one.pk, reason="full"),
    "propose": lambda by, one: receiving.propose(by=by, referral=one.pk, starts_at=soon(), place="Kahvila"),
    "contact": lambda by, one: receiving.contact(by=by, referral=one.pk),
    "open_passed": lambda by, one: queries.open_passed(by=by, referral=one.pk),
}
EVERY = {**STAFF, **BOTH, **OWN, **RECEIVER}


def soon() -> datetime.datetime:
    return timezone.now() + datetime.timedelta(days=2)


def others(one: Referral) -> dict[str, User]:
    """Someone of each role who has nothing to do with the referral, each of them in the wrong place."""
    found = {str(role): user_with(role) for role in Role}
    found["stranger"] = user_with(None)
    found["of another unit"] = professional("Saara", "1.2.3.2")
    found["of another association"] = volunteer(place(entry="toinen"), "Ville")
    found["without an association"] = user_with(Role.VOLUNTEER, "1.2.3.1")
    no_more = volunteer(place(entry="kolmas"), "Entinen")
    Volunteer.objects.create(user=no_more, organisation=one.receiver.organisation)
    Membership.objects.filter(user=no_more).update(until=DAY)
    found["whose role has ended"] = no_more
    return found


@pytest.mark.parametrize("state", ["draft", "sent", "met", "closed"])
def test_no_one_else_does_or_sees_anything_of_a_referral(
    state: str, hilkka: User, veera: User, seura: Receiver, veikko: Person
) -> None:
    one = brought_to(state, referral(hilkka, veikko, seura), hilkka, veera)
    wrong = others(one)
    events = Event.objects.count()
    for name, user in wrong.items():
        for act in EVERY.values():
            with pytest.raises((PermissionDenied, NoReferral)):
                act(user, one)
        assert not AccessLog.objects.filter(user=user, person=veikko).exists(), name
    assert Event.objects.count() == events


@pytest.mark.parametrize("name", sorted({**STAFF, **BOTH, **OWN}))
def test_a_volunteer_of_the_receiver_does_nothing_of_what_others_do(
    name: str, hilkka: User, veera: User, seura: Receiver, veikko: Person
) -> None:
    one = brought_to("met", referral(hilkka, veikko, seura), hilkka, veera)
    with pytest.raises((PermissionDenied, NoReferral)):
        EVERY[name](veera, one)
    for reading in (
        lambda: people.read_person(by=veera, person=veikko.pk),
        lambda: people.find_person(by=veera, code="230368-9116"),
        lambda: people.own_data(by=veera),
        lambda: queries.made(by=veera),
        lambda: queries.coordinated(by=veera),
    ):
        with pytest.raises(PermissionDenied):
            reading()


@pytest.mark.parametrize("state", STATES)
def test_a_volunteer_sees_a_referral_while_it_is_passed_to_them_and_at_no_other_time(
    state: str, hilkka: User, veera: User, seura: Receiver, veikko: Person
) -> None:
    one = brought_to(state, referral(hilkka, veikko, seura), hilkka, veera)
    assert [each.id for each in queries.passed(by=veera)] == ([one.pk] if state in PASSED else [])
    if state in PASSED:
        queries.open_passed(by=veera, referral=one.pk)
        last = AccessLog.objects.filter(person=veikko).order_by("-id")[0]
        assert (last.user, last.basis, last.what) == (veera, Basis.REFERRAL, "referral")
    else:
        with pytest.raises(NoReferral):
            queries.open_passed(by=veera, referral=one.pk)
        with pytest.raises(NoBasis):
            people.read_passed_on(by=veera, person=veikko.pk, matter=one.pk, what="referral")


@pytest.mark.parametrize("item", ITEMS)
def test_a_volunteer_reads_the_one_thing_that_was_consented_to_and_nothing_else(
    item: str, hilkka: User, veera: User, seura: Receiver, veikko: Person
) -> None:
    one = referral(hilkka, veikko, seura, language="sv", email="veikko@luotsi.example")
    actions.score(by=hilkka, referral=one.pk, moment="before", who5=[1, 1, 1, 1, 1], lonely=3)
    whole = queries.preview(one, people.read_person(by=hilkka, person=veikko.pk))
    assert set(whole) == set(ITEMS)
    actions.consent(by=hilkka, referral=one.pk, items=[item])
    actions.send(by=hilkka, referral=one.pk)
    found = queries.open_passed(by=veera, referral=one.pk)
    assert found.items == {item: whole[item]}
    # Nothing else of the person is in what the page is given, at whatever depth.
    rest = {text for code, text in whole.items() if code != item} | {str(veikko.pk), "230368-9116"}
    # A code of digits counts where it stands as a text: a row's number or a second may be the same digits.
    told = repr((found, vars(found)))
    assert not [text for text in rest if (repr(text) if text.isdigit() else text) in told]


def test_a_hidden_person_is_passed_on_without_their_municipality(hilkka: User, veera: User, seura: Receiver) -> None:
    hidden = of_age(40)
    Person.objects.filter(pk=hidden.pk).update(security_block=True)
    nurse = nurse_of(hidden, "1.2.3.4")
    one = brought_to("sent", referral(nurse, hidden, seura), nurse, veera)
    assert "municipality" not in queries.open_passed(by=veera, referral=one.pk).items


def test_a_referral_with_a_link_worker_is_seen_by_them_alone(
    hilkka: User, veera: User, seura: Receiver, veikko: Person
) -> None:
    ville = volunteer(seura, "Ville")
    one = referral(hilkka, veikko, seura, link_worker=ville.pk)
    actions.consent(by=hilkka, referral=one.pk, items=["name"])
    actions.send(by=hilkka, referral=one.pk)
    assert queries.passed(by=veera) == []
    assert queries.open_passed(by=ville, referral=one.pk).link_worker


def test_only_what_is_of_the_list_can_be_consented_to_and_only_to_someone(
    hilkka: User, seura: Receiver, veikko: Person
) -> None:
    one = referral(hilkka, veikko, None)
    with pytest.raises(UserError, match="Choose the receiver first"):
        actions.consent(by=hilkka, referral=one.pk, items=["name"])
    actions.edit(by=hilkka, referral=one.pk, draft=draft(seura))
    for items in ([], ["name", "diagnosis"]):
        with pytest.raises(UserError, match="at least one thing"):
            actions.consent(by=hilkka, referral=one.pk, items=items)
    with pytest.raises(UserError, match="not consented to this yet"):
        actions.send(by=hilkka, referral=one.pk)


@pytest.mark.parametrize("state", ["consented", "waiting", "declined", "lapsed"])
def test_what_is_written_anew_or_sent_to_another_needs_a_new_consent(
    state: str, hilkka: User, veera: User, seura: Receiver, veikko: Person
) -> None:
    one = brought_to(state, referral(hilkka, veikko, seura), hilkka, veera)
    other = place(entry="toinen")
    again = actions.edit(by=hilkka, referral=one.pk, draft=draft(other, goals="Muuta"))
    assert (again.state, again.receiver, again.goals) == ("draft", other, "Muuta")
    assert queries.consent_of(again) is None
    with pytest.raises(UserError, match="not consented"):
        actions.send(by=hilkka, referral=one.pk)
    with pytest.raises(UserError, match="not consented"):
        receiving.close(by=hilkka, referral=one.pk, outcome="returned")


def test_what_has_been_passed_on_is_not_written_anew(
    hilkka: User, veera: User, seura: Receiver, veikko: Person
) -> None:
    one = brought_to("sent", referral(hilkka, veikko, seura), hilkka, veera)
    with pytest.raises(UserError):
        actions.edit(by=hilkka, referral=one.pk, draft=draft(seura, goals="Muuta"))


@pytest.mark.parametrize("lets", [True, False])
def test_staff_read_how_it_went_only_if_the_person_lets_them(
    lets: bool, hilkka: User, veera: User, seura: Receiver, veikko: Person, kaisa: User
) -> None:
    one = referral(hilkka, veikko, seura)
    actions.score(by=hilkka, referral=one.pk, moment="before", lonely=4)
    actions.consent(by=hilkka, referral=one.pk, items=ALL, reads_closing=lets)
    actions.send(by=hilkka, referral=one.pk)
    receiving.accept(by=veera, referral=one.pk)
    receiving.contact(by=veera, referral=one.pk)
    actions.score(by=hilkka, referral=one.pk, moment="after", lonely=1)
    receiving.close(by=veera, referral=one.pk, outcome="reached", words="Kävi joka viikko")
    Referral.objects.filter(pk=one.pk).update(own_words="Sain ystävän")
    found = queries.opened(by=hilkka, referral=one.pk)
    words = (found.referral.closing, found.referral.own_words, found.referral.outcome)
    assert words == (("Kävi joka viikko", "Sain ystävän", "reached") if lets else ("", "", ""))
    assert found.closing == lets
    assert [each.outcome for each in found.transitions if each.outcome] == (["reached"] if lets else [])
    assert [each.moment for each in found.scores] == (["before", "after"] if lets else ["before"])


def test_a_referral_that_has_ended_ties_the_referrer_to_the_person_only_if_they_may_read_of_it(
    veera: User, seura: Receiver, rauha: User
) -> None:
    who = Person.objects.get(user=rauha)
    nurse = nurse_of(who)
    for lets in (False, True):
        one = referral(nurse, who, seura)
        actions.consent(by=rauha, referral=one.pk, items=["name"], reads_closing=lets)
        actions.send(by=rauha, referral=one.pk)
        assert queries.ties(nurse, who.pk)
        receiving.accept(by=veera, referral=one.pk)
        receiving.close(by=veera, referral=one.pk, outcome="not_started")
        assert queries.ties(nurse, who.pk) == lets
    actions.withdraw(by=rauha, referral=one.pk)
    assert not queries.ties(nurse, who.pk)


def test_the_person_consents_answers_a_time_tells_how_it_went_and_withdraws_by_themself(
    veera: User, seura: Receiver, rauha: User
) -> None:
    who = Person.objects.get(user=rauha)
    one = referral(nurse_of(who), who, seura)
    actions.consent(by=rauha, referral=one.pk, items=["name", "goals"])
    _person, own = queries.own_one(by=rauha, referral=one.pk)
    assert own.consent is not None
    assert own.consent.own
    assert own.passed == {"name": "Rauha Asukas", "goals": "Haluan tavata ihmisiä"}
    actions.send(by=rauha, referral=one.pk)
    receiving.accept(by=veera, referral=one.pk)
    with pytest.raises(UserError, match="when you have met"):
        actions.tell(by=rauha, referral=one.pk, words="Hyvin")
    first = receiving.propose(by=veera, referral=one.pk, starts_at=soon(), place="Kahvila")
    actions.answer_time(by=rauha, meeting=first.pk, accepted=False, wish="Iltapäivä")
    assert queries.open_passed(by=veera, referral=one.pk).meetings[0].wish == "Iltapäivä"
    second = receiving.propose(by=veera, referral=one.pk, starts_at=soon(), place="Kirjasto")
    actions.answer_time(by=rauha, meeting=second.pk, accepted=True)
    assert [each.answer for each in Meeting.objects.filter(referral=one)] == ["accepted"]
    with pytest.raises(UserError, match="still to come"):
        receiving.mark(by=veera, meeting=second.pk, attended=True)
    Meeting.objects.filter(pk=second.pk).update(starts_at=timezone.now() - datetime.timedelta(hours=1))
    receiving.mark(by=veera, meeting=second.pk, attended=True)
    assert Referral.objects.get(pk=one.pk).state == "met"
    with pytest.raises(UserError, match="has been already"):
        actions.answer_time(by=rauha, meeting=second.pk, accepted=False)
    actions.tell(by=rauha, referral=one.pk, words="Hyvin")
    actions.withdraw(by=rauha, referral=one.pk)
    assert queries.own(by=rauha)[1] == []
    assert queries.passed(by=veera) == []


def test_of_two_volunteers_who_accept_the_second_is_told(
    hilkka: User, veera: User, seura: Receiver, veikko: Person
) -> None:
    one = brought_to("accepted", referral(hilkka, veikko, seura), hilkka, veera)
    with pytest.raises(UserError, match="gone on already"):
        receiving.accept(by=volunteer(seura, "Ville"), referral=one.pk)


def test_staff_take_back_what_a_link_worker_who_has_gone_can_answer_no_more(
    hilkka: User, veera: User, seura: Receiver, veikko: Person, kaisa: User
) -> None:
    ville = volunteer(seura, "Ville")
    one = brought_to("accepted", referral(hilkka, veikko, seura, link_worker=ville.pk), hilkka, ville)
    Membership.objects.filter(user=ville).update(until=DAY)
    for gone in (veera, User.objects.get(pk=ville.pk)):
        with pytest.raises((PermissionDenied, NoReferral)):
            receiving.decline(by=gone, referral=one.pk, reason="other")
    receiving.decline(by=kaisa, referral=one.pk, reason="other")
    actions.edit(by=kaisa, referral=one.pk, draft=draft(seura))
    assert Referral.objects.get(pk=one.pk).link_worker is None


def test_before_they_have_met_nothing_is_reached(hilkka: User, veera: User, seura: Receiver, veikko: Person) -> None:
    one = brought_to("accepted", referral(hilkka, veikko, seura), hilkka, veera)
    with pytest.raises(UserError, match="not met yet"):
        receiving.close(by=veera, referral=one.pk, outcome="reached")
    assert receiving.close(by=veera, referral=one.pk, outcome="not_started").outcome == "not_started"


def test_a_declined_referral_comes_to_the_coordinator_who_sends_it_elsewhere(
    hilkka: User, veera: User, seura: Receiver, veikko: Person, kaisa: User
) -> None:
    one = brought_to("declined", referral(hilkka, veikko, seura), hilkka, veera)
    item = WorkItem.objects.get(origin="referral")
    assert (item.queue, item.person, item.reason.startswith("Veikko")) == ("coordination", veikko, False)
    assert [each.pk for each in queries.coordinated(by=kaisa)] == [one.pk]
    assert queries.opened(by=kaisa, referral=one.pk).person.basis == Basis.TASK
    other = place(entry="toinen")
    actions.edit(by=kaisa, referral=one.pk, draft=draft(other))
    assert queries.opened(by=kaisa, referral=one.pk).referral.state == "draft"
    actions.consent(by=kaisa, referral=one.pk, items=["name"])
    actions.send(by=kaisa, referral=one.pk)
    assert queries.passed(by=veera) == []
    assert [each.id for each in queries.passed(by=volunteer(other, "Ville"))] == [one.pk]


def test_a_draft_comes_to_the_coordinator_when_they_are_asked_and_not_before(
    hilkka: User, veikko: Person, kaisa: User
) -> None:
    one = referral(hilkka, veikko, None)
    with pytest.raises(NoReferral):
        queries.opened(by=kaisa, referral=one.pk)
    with pytest.raises(NoBasis):
        people.read_person(by=kaisa, person=veikko.pk)
    actions.ask_coordinator(by=hilkka, referral=one.pk)
    actions.ask_coordinator(by=hilkka, referral=one.pk)
    assert WorkItem.objects.filter(origin="referral").count() == 1
    assert queries.opened(by=kaisa, referral=one.pk).person.name == "Veikko Verrokki"


def test_a_referral_needs_a_basis_a_unit_and_a_receiver_that_takes_referrals(
    hilkka: User, seura: Receiver, veikko: Person
) -> None:
    with pytest.raises(NoBasis):
        referral(professional("Saara", "1.2.3.2"), veikko, seura)
    with pytest.raises(UserError, match="which of your units"):
        actions.begin(by=hilkka, person=veikko.pk, draft=draft(seura), unit="1.2.3.2")
    seura.places = 0
    seura.save()
    with pytest.raises(UserError, match="takes no referrals"):
        referral(hilkka, veikko, seura)
    with pytest.raises(UserError, match="not of the receiver"):
        referral(hilkka, veikko, place(entry="toinen"), link_worker=hilkka.pk)
    assert not Referral.objects.exists()


def test_of_one_who_is_12_to_17_it_is_said_first_what_guardians_see(seura: Receiver) -> None:
    child = of_age(14)
    nurse = nurse_of(child)
    with pytest.raises(UserError, match="12 to 17"):
        referral(nurse, child, seura)
    assert actions.begin(by=nurse, person=child.pk, draft=draft(seura), minor_mark="1").minor_mark == "1"


@pytest.mark.parametrize("covers", [("health",), ("social",)])
def test_one_who_is_authorised_acts_where_their_mandate_covers_health(
    covers: tuple[str, ...], veera: User, seura: Receiver, rauha: User, veikko: Person, hilkka: User
) -> None:
    record_mandate(
        by=None,
        principal=veikko.pk,
        agent=Person.objects.get(user=rauha).pk,
        kind=Mandate.Kind.AUTHORISED,
        covers=covers,
        source=Mandate.Source.SUOMI_FI,
        since=DAY,
    )
    one = brought_to("sent", referral(hilkka, veikko, seura), hilkka, veera)
    (acting,) = acts_for(by=rauha)
    with pytest.raises(NoReferral):
        actions.withdraw(by=rauha, referral=one.pk)
    if covers == ("health",):
        assert [each.referral for each in queries.own(by=rauha, acting=acting)[1]] == [one]
        actions.withdraw(by=rauha, referral=one.pk, acting=acting)
        assert Referral.objects.get(pk=one.pk).person is None
    else:
        assert queries.own(by=rauha, acting=acting)[1] == []
        with pytest.raises(NoReferral):
            actions.withdraw(by=rauha, referral=one.pk, acting=acting)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"who5": [1, 2, 3]}, "each of the five"),
        ({"who5": [1, 2, 3, 4, 6]}, "each of the five"),
        ({}, "each of the five"),
        ({"lonely": 5}, "one answer on loneliness"),
        ({"lonely": 1, "moment": "after"}, "when you have met"),
        ({"lonely": 1, "moment": "tomorrow"}, "when you have met"),
    ],
    ids=str,
)
def test_a_score_that_cannot_be_is_told(
    said: dict[str, Any], sentence: str, hilkka: User, seura: Receiver, veikko: Person
) -> None:
    one = referral(hilkka, veikko, seura)
    with pytest.raises(UserError, match=sentence):
        actions.score(by=hilkka, referral=one.pk, **{"moment": "before", **said})
    assert not Score.objects.exists()


def test_wellbeing_is_the_sum_of_five_answers_times_four_and_the_last_answer_holds(
    hilkka: User, seura: Receiver, veikko: Person
) -> None:
    one = referral(hilkka, veikko, seura)
    actions.score(by=hilkka, referral=one.pk, moment="before", who5=[5, 5, 5, 5, 5])
    actions.score(by=hilkka, referral=one.pk, moment="before", who5=[0, 1, 2, 3, 4], lonely=3)
    assert {each.instrument: each.value for each in Score.objects.all()} == {"who_5": 40, "lonely": 3}
    told = Event.objects.filter(name="referral.scored").order_by("id")[1].payload["wellbeing_referral"]
    assert (told["who5_before"], told["who5_after"]) == (40, "")


def test_a_receiver_is_opened_and_volunteers_appointed_by_an_administrator_alone(seura: Receiver, veera: User) -> None:
    administrator = user_with(Role.ADMINISTRATOR)
    opened = actions.open_receiver(by=administrator, organisation=seura.organisation, places=5, email="x@y.example")
    assert (opened.pk, opened.places) == (seura.pk, 5)
    nobody = user_with(None)
    with pytest.raises(UserError, match="role of a volunteer first"):
        actions.appoint_volunteer(by=administrator, user=nobody, organisation=seura.organisation)
    for by in (veera, professional("Matti", HEALTH_CENTRE)):
        with pytest.raises(PermissionDenied):
            actions.open_receiver(by=by, organisation=seura.organisation, places=5)
        with pytest.raises(PermissionDenied):
            actions.appoint_volunteer(by=by, user=nobody, organisation=seura.organisation)
    assert receiving.tell_places(by=veera, receiver=seura.pk, places=0).places == 0
    with pytest.raises(NoReferral):
        receiving.tell_places(by=veera, receiver=place(entry="toinen").pk, places=9)
