"""Each step of an item: who may do it, what becomes of the item, the event and the transition it leaves."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation

from luotsi.concepts.errors import UserError
from luotsi.concepts.queues import HERE, Within
from luotsi.web.events.models import Event
from luotsi.web.people.actions import record_mandate
from luotsi.web.people.models import AccessLog, Mandate, Membership, Person, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import HEALTH_CENTRE, user_with
from luotsi.web.queues import actions, queries
from luotsi.web.queues.models import Comment, Transition, WorkItem
from luotsi.web.queues.queries import Chosen, NoItem
from luotsi.web.queues.tests.made_up import OTHER, item, of_age


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """The sentences as they are written, whatever language another test has left on."""
    with translation.override("en"):
        yield


pytestmark = pytest.mark.django_db
Act = Callable[[User, WorkItem], Any]

STEPS: dict[str, Act] = {
    "take": lambda by, one: actions.take(by=by, item=one.pk),
    "hand_over": lambda by, one: actions.hand_over(by=by, item=one.pk, unit=OTHER),
    "return_item": lambda by, one: actions.return_item(by=by, item=one.pk),
    "resolve": lambda by, one: actions.resolve(by=by, item=one.pk, outcome="answered"),
    "cancel": lambda by, one: actions.cancel(by=by, item=one.pk),
    "comment": lambda by, one: actions.comment(by=by, item=one.pk, text="Soitan huomenna"),
    "mark_minor": lambda by, one: actions.mark_minor(by=by, item=one.pk, mark="1"),
}


def events() -> list[str]:
    return [each.name for each in Event.objects.filter(name__startswith="queue_item.").order_by("id")]


def way(one: WorkItem) -> list[tuple[str, str]]:
    return [(each.before, each.after) for each in Transition.objects.filter(item=one)]


def test_an_item_is_taken_and_resolved_and_each_step_is_an_event_and_a_transition(hilkka: User, veikko: Person) -> None:
    one = item(veikko)
    actions.take(by=hilkka, item=one.pk)
    done = actions.resolve(by=hilkka, item=one.pk, outcome="booked", text="Aika huomiseksi")
    assert (done.state, done.outcome, done.holder) == ("resolved", "booked", hilkka)
    assert way(one) == [("", "new"), ("new", "taken"), ("taken", "resolved")]
    assert events() == ["queue_item.added", "queue_item.taken", "queue_item.resolved"]
    assert [each.text for each in Comment.objects.all()] == ["Aika huomiseksi"]


def test_the_event_tells_the_item_as_the_concept_has_it_without_the_identity_code(hilkka: User, veikko: Person) -> None:
    one = item(veikko, queue="social", team="")
    actions.hand_over(by=hilkka, item=one.pk, to=hilkka)
    actions.take(by=hilkka, item=one.pk)
    actions.resolve(by=hilkka, item=one.pk, outcome="answered")
    said = Event.objects.get(name="queue_item.resolved").payload["work_item"]
    taken, resolved = Transition.objects.filter(item=one).order_by("-id")[:2][::-1]
    assert said["person"] == str(veikko.pk)
    assert (said["taken_at"], said["ended_at"]) == (taken.at.isoformat(), resolved.at.isoformat())
    assert (said["hand_overs"], said["by_statute"], said["state"]) == (1, True, "resolved")
    assert "230368" not in str([each.payload for each in Event.objects.all()])


def test_the_same_source_again_gives_the_same_item_and_nothing_new(veikko: Person) -> None:
    first = item(veikko, source=("assessment", "7"))
    again = item(veikko, source=("assessment", "7"), reason="Toinen", urgency="now")
    assert again == first
    assert queries.of_source("assessment", "7") == first
    assert queries.of_source("feedback", "7") is None
    assert events() == ["queue_item.added"]
    assert way(first) == [("", "new")]


@pytest.mark.parametrize(
    "wrong", [{"queue": "gone"}, {"unit": "9.9.9"}, {"team": "dentists"}, {"urgency": "soonish"}], ids=str
)
def test_an_item_of_nowhere_is_refused_with_a_sentence(veikko: Person, wrong: dict[str, str]) -> None:
    with pytest.raises(UserError):
        item(veikko, **wrong)
    assert not WorkItem.objects.exists()


def test_the_due_time_is_the_earlier_of_promise_and_statute_and_a_promise_of_its_own_goes_first(
    veikko: Person,
) -> None:
    promised, limited = item(veikko, urgency="now"), item(veikko, queue="social")
    own = item(veikko, within=Within(amount=2, of="hours"))
    assert (promised.due_at - promised.added_at, promised.by_statute) == (datetime.timedelta(hours=1), False)
    assert limited.by_statute
    assert limited.due_at.astimezone(HERE).strftime("%H:%M") == "23:59"
    assert own.due_at - own.added_at == datetime.timedelta(hours=2)


def test_a_resident_sends_a_matter_of_their_own_and_for_whom_they_act_and_no_one_elses(
    rauha: User, veikko: Person
) -> None:
    said = {"queue": "symptoms", "reason": "Yskä", "urgency": "days"}
    assert actions.add_item(by=rauha, person=rauha.person.pk, source=("form", "1"), **said)
    with pytest.raises(PermissionDenied):
        actions.add_item(by=rauha, person=veikko.pk, source=("form", "2"), **said)
    kind, source = Mandate.Kind.AUTHORISED, Mandate.Source.PAPER
    record_mandate(by=None, principal=veikko.pk, agent=rauha.person.pk, kind=kind, covers=["health"], source=source)
    assert actions.add_item(by=rauha, person=veikko.pk, source=("form", "3"), **said).person_id == veikko.pk
    with pytest.raises(PermissionDenied):
        actions.add_item(by=rauha, person=veikko.pk, source=("form", "4"), **{**said, "queue": "social"})


def test_a_professional_adds_for_those_they_may_read_alone(hilkka: User, veikko: Person, rauha: User) -> None:
    said = {"queue": "symptoms", "reason": "Yskä", "urgency": "days"}
    with pytest.raises(PermissionDenied):
        actions.add_item(by=hilkka, person=veikko.pk, source=("form", "1"), **said)
    item(veikko)
    assert actions.add_item(by=hilkka, person=veikko.pk, source=("form", "2"), **said)


@pytest.mark.parametrize("step", STEPS)
def test_a_professional_of_another_unit_finds_no_item_and_changes_nothing(
    step: str, saara: User, veikko: Person
) -> None:
    one = item(veikko)
    with pytest.raises(NoItem):
        STEPS[step](saara, one)
    one.refresh_from_db()
    assert (one.state, one.minor_mark, events()) == ("new", "", ["queue_item.added"])


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PROFESSIONAL}))
def test_no_other_role_handles_items_even_of_its_own_unit(role: Role, step: str, veikko: Person) -> None:
    user = user_with(role, "" if role == Role.RESIDENT else HEALTH_CENTRE)
    one = item(veikko)
    with pytest.raises((PermissionDenied, NoItem)):
        STEPS[step](user, one)
    assert events() == ["queue_item.added"]


def test_a_professional_of_the_whole_county_is_in_no_unit_and_so_handles_nothing(veikko: Person) -> None:
    user = user_with(Role.PROFESSIONAL)
    one = item(veikko)
    with pytest.raises(NoItem):
        actions.take(by=user, item=one.pk)
    assert list(queries.waiting(by=user)) == []
    assert actions.take_next(by=user) is None


def test_who_comes_second_gets_a_sentence_with_the_name_of_who_has_it(
    hilkka: User, matti: User, veikko: Person
) -> None:
    one = item(veikko)
    actions.take(by=matti, item=one.pk)
    with pytest.raises(UserError, match="Matti"):
        actions.take(by=hilkka, item=one.pk)
    with pytest.raises(UserError, match="Matti"):
        actions.resolve(by=hilkka, item=one.pk, outcome="answered")
    actions.return_item(by=hilkka, item=one.pk, text="Matti sairastui")
    assert actions.take(by=hilkka, item=one.pk).holder == hilkka


def test_what_has_ended_stays_ended(hilkka: User, veikko: Person) -> None:
    one = item(veikko)
    actions.cancel(by=None, item=one.pk)
    for step in ("take", "hand_over", "return_item", "resolve", "cancel"):
        with pytest.raises(UserError):
            STEPS[step](hilkka, one)
    assert way(one) == [("", "new"), ("new", "cancelled")]


def test_an_untaken_item_is_not_resolved_and_a_wrong_outcome_is_none(hilkka: User, veikko: Person) -> None:
    one = item(veikko)
    with pytest.raises(UserError, match="list"):
        actions.resolve(by=hilkka, item=one.pk, outcome="fine")
    with pytest.raises(UserError):
        actions.resolve(by=hilkka, item=one.pk, outcome="answered")
    assert way(one) == [("", "new")]


def test_an_item_is_handed_to_a_unit_a_team_or_a_colleague_and_to_no_one_else(
    hilkka: User, matti: User, saara: User, veikko: Person
) -> None:
    one = item(veikko)
    for wrong in ({}, {"unit": HEALTH_CENTRE}, {"unit": "9.9.9"}, {"team": "dentists"}, {"to": saara}):
        with pytest.raises(UserError):
            actions.hand_over(by=hilkka, item=one.pk, **wrong)
    handed = actions.hand_over(by=hilkka, item=one.pk, team="nurses", to=matti, text="Osaat tämän")
    assert (handed.state, handed.team, handed.holder) == ("handed_over", "nurses", matti)
    assert actions.take(by=matti, item=one.pk).holder == matti
    moved = actions.hand_over(by=matti, item=one.pk, unit=OTHER, to=saara)
    assert (moved.unit, moved.team, moved.holder) == (OTHER, "", saara)
    with pytest.raises(NoItem):
        actions.take(by=hilkka, item=one.pk)
    assert actions.take(by=saara, item=one.pk).state == "taken"


def test_the_next_item_is_the_latest_late_then_the_most_urgent_then_the_first_due(
    hilkka: User, matti: User, veikko: Person
) -> None:
    calm, days, other, now = (
        item(veikko, urgency=each, team=team)
        for each, team in (("non_urgent", ""), ("days", ""), ("days", "nurses"), ("now", ""))
    )
    WorkItem.objects.filter(pk=calm.pk).update(due_at=timezone.now() - datetime.timedelta(minutes=1))
    assert list(queries.waiting(by=hilkka)) == [calm, now, days, other]
    assert actions.take_next(by=hilkka, chosen=Chosen(team="nurses")) == other
    assert [actions.take_next(by=each) for each in (hilkka, matti, hilkka, matti)] == [calm, now, days, None]


def test_what_is_handed_to_a_colleague_is_next_for_them_alone(hilkka: User, matti: User, veikko: Person) -> None:
    one = item(veikko)
    actions.hand_over(by=hilkka, item=one.pk, to=matti)
    assert actions.take_next(by=hilkka) is None
    assert actions.take_next(by=matti) == one


@pytest.mark.parametrize(("years", "asked"), [(11, False), (12, True), (17, True), (18, False)])
def test_a_matter_of_a_person_from_12_to_17_is_marked_before_it_is_resolved(
    hilkka: User, years: int, asked: bool
) -> None:
    one = item(of_age(years))
    actions.take(by=hilkka, item=one.pk)
    if asked:
        with pytest.raises(UserError, match="12 to 17"):
            actions.resolve(by=hilkka, item=one.pk, outcome="answered")
        actions.mark_minor(by=hilkka, item=one.pk, mark="3")
    assert actions.resolve(by=hilkka, item=one.pk, outcome="answered").state == "resolved"


def test_not_known_needs_a_word_of_why_and_a_mark_is_one_of_the_list(hilkka: User) -> None:
    one = item(of_age(14))
    for mark, text in (("4", " "), ("5", "miksi"), ("", "")):
        with pytest.raises(UserError):
            actions.mark_minor(by=hilkka, item=one.pk, mark=mark, text=text)
    assert actions.mark_minor(by=hilkka, item=one.pk, mark="4", text="Ei tavattu").minor_mark == "4"
    assert events()[-1] == "queue_item.marked"


def test_an_empty_comment_is_refused_and_a_long_one_is_cut(hilkka: User, veikko: Person) -> None:
    one = item(veikko)
    with pytest.raises(UserError):
        actions.comment(by=hilkka, item=one.pk, text="  ")
    actions.comment(by=hilkka, item=one.pk, text="a" * 5000)
    assert len(Comment.objects.get().text) == actions.TEXT


def test_opening_an_item_opens_its_person_by_the_units_task_and_the_log_tells(hilkka: User, veikko: Person) -> None:
    one = item(veikko)
    opened = queries.open_item(by=hilkka, item=one.pk)
    assert (opened.person.name, opened.person.basis, opened.person.municipality) == ("Veikko Verrokki", "task", "")
    row = AccessLog.objects.get()
    assert (row.user, row.person, row.what, row.basis) == (hilkka, veikko, "work_item", "task")


def test_the_task_is_a_basis_while_the_item_is_open_in_the_unit_and_no_longer(
    hilkka: User, saara: User, veikko: Person
) -> None:
    one = item(veikko)
    assert queries.people.read_person(by=hilkka, person=veikko.pk).basis == "task"
    with pytest.raises(PermissionDenied):
        queries.people.read_person(by=saara, person=veikko.pk)
    actions.hand_over(by=hilkka, item=one.pk, unit=OTHER)
    with pytest.raises(PermissionDenied):
        queries.people.read_person(by=hilkka, person=veikko.pk)
    assert queries.people.read_person(by=saara, person=veikko.pk).basis == "task"
    actions.cancel(by=saara, item=one.pk)
    with pytest.raises(PermissionDenied):
        queries.people.read_person(by=saara, person=veikko.pk)


def test_a_role_that_has_ended_opens_nothing(hilkka: User, veikko: Person) -> None:
    one = item(veikko)
    Membership.objects.filter(user=hilkka).update(until=timezone.localdate() - datetime.timedelta(days=1))
    user = User.objects.get(pk=hilkka.pk)
    with pytest.raises((PermissionDenied, NoItem)):
        queries.open_item(by=user, item=one.pk)


def test_leaders_see_how_many_in_the_units_they_lead_and_no_item(veikko: Person) -> None:
    item(veikko)
    late = item(veikko, unit=OTHER)
    WorkItem.objects.filter(pk=late.pk).update(due_at=timezone.now() - datetime.timedelta(days=1))
    here = queries.lengths(by=user_with(Role.OPERATIONAL_LEADER, HEALTH_CENTRE))
    assert [(each.unit, each.open, each.late, each.free) for each in here] == [(HEALTH_CENTRE, 1, 0, 1)]
    everywhere = queries.lengths(by=user_with(Role.STRATEGIC_LEADER))
    assert [(each.unit, each.late) for each in everywhere] == [(OTHER, 1), (HEALTH_CENTRE, 0)]
    with pytest.raises(PermissionDenied):
        queries.waiting(by=user_with(Role.TACTICAL_LEADER, HEALTH_CENTRE))


def test_a_guardian_sees_of_a_child_what_the_mark_and_the_mandate_let(hilkka: User, rauha: User) -> None:
    person = of_age(14)
    kind, source = Mandate.Kind.GUARDIAN, Mandate.Source.DVV
    mandate = record_mandate(
        by=None, principal=person.pk, agent=rauha.person.pk, kind=kind, covers=["health"], source=source
    )
    acting = queries.people.act_by(by=rauha, mandate=mandate.pk)
    hidden, open_, social = item(person), item(person), item(person, queue="social")
    actions.mark_minor(by=hilkka, item=open_.pk, mark="2")
    actions.mark_minor(by=hilkka, item=social.pk, mark="1")
    assert queries.own_matters(by=rauha, acting=acting)[1] == [open_]
    actions.mark_minor(by=hilkka, item=open_.pk, mark="3")
    assert queries.own_matters(by=rauha, acting=acting)[1] == []
    assert queries.own_matters(by=rauha)[1] == []
    assert hidden.minor_mark == ""
