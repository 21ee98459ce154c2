"""The database holds items to their way: whatever is done in whatever order, by one or by many at once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luotsi.concepts.errors import UserError
from luotsi.concepts.queues import OPEN, STATES, pairs
from luotsi.web.events.models import Event
from luotsi.web.people.models import Person, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import HEALTH_CENTRE, person, user_with
from luotsi.web.queues import actions, queries
from luotsi.web.queues.models import Transition, WorkItem
from luotsi.web.queues.queries import NoItem
from luotsi.web.queues.tests.made_up import OTHER, item, professional

EXAMPLES = int(os.environ.get("LUOTSI_EXAMPLES", "25"))


def held_together(one: WorkItem) -> None:
    """An item is where its last transition left it, and its way goes from new by allowed steps without a gap."""
    steps = list(Transition.objects.filter(item=one).order_by("id"))
    last = steps[-1]
    one.refresh_from_db()
    assert (one.state, one.unit, one.team, one.holder_id, one.outcome) == (
        *(last.after, last.unit, last.team, last.holder_id, last.outcome),
    )
    assert [each.before for each in steps] == ["", *(each.after for each in steps[:-1])]
    assert {(each.before, each.after) for each in steps} <= set(pairs())
    assert all(each.after in OPEN for each in steps[:-1])


@pytest.mark.django_db
@pytest.mark.parametrize("before", ["", *STATES])
@pytest.mark.parametrize("after", STATES)
def test_the_database_lets_through_the_declared_steps_and_no_other(
    before: str, after: str, hilkka: User, veikko: Person
) -> None:
    one = item(veikko)
    reach = {"taken": ["taken"], "handed_over": ["handed_over"], "resolved": ["taken", "resolved"]}
    for state in reach.get(before, ["cancelled"] if before == "cancelled" else []):
        step(one, state, hilkka)
    allowed = (before, after) in set(pairs()) and before != ""
    try:
        with transaction.atomic():
            step(one, after, hilkka, before)
    except DatabaseError:
        assert not allowed
    else:
        assert allowed
    held_together(one)


def step(one: WorkItem, after: str, by: User, before: str | None = None) -> None:
    one.refresh_from_db()
    holder = by if after in ("taken", "resolved") else None
    outcome = "answered" if after == "resolved" else ""
    Transition.objects.create(
        item=one,
        before=one.state if before is None else before,
        after=after,
        by=by,
        unit=one.unit,
        holder=holder,
        outcome=outcome,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"state": "taken"}, {"state": "cancelled"}, {"unit": OTHER}, {"outcome": "answered"}, {"team": "nurses"}]
)
def test_an_item_is_moved_by_a_transition_alone(change: dict[str, str], veikko: Person) -> None:
    one = item(veikko)
    with pytest.raises(DatabaseError, match="by a transition alone"), transaction.atomic():
        WorkItem.objects.filter(pk=one.pk).update(**change)
    held_together(one)


@pytest.mark.django_db
def test_an_item_begins_as_new_once_and_its_steps_stand_for_good(hilkka: User, veikko: Person) -> None:
    one = item(veikko)
    for refused in (
        lambda: WorkItem.objects.create(person=veikko, unit="1", due_at=one.due_at, state="cancelled", reason="x"),
        lambda: Transition.objects.create(item=one, before="", after="new", unit="1"),
        lambda: Transition.objects.filter(item=one).update(after="taken"),
        lambda: Transition.objects.filter(item=one).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            refused()
    held_together(one)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"reason": " "}, {"origin": "Not A Kind"}, {"origin_id": ""}, {"minor_mark": "7"}], ids=str
)
def test_the_database_refuses_an_item_that_says_nothing_or_comes_from_nowhere(
    wrong: dict[str, str], veikko: Person
) -> None:
    one = item(veikko)
    with pytest.raises(DatabaseError), transaction.atomic():
        WorkItem.objects.filter(pk=one.pk).update(**wrong)


DOINGS: dict[str, Callable[[User, WorkItem], Any]] = {
    "take": lambda by, one: actions.take(by=by, item=one.pk),
    "take next": lambda by, one: actions.take_next(by=by),
    "to a team": lambda by, one: actions.hand_over(by=by, item=one.pk, team="nurses"),
    "to a unit": lambda by, one: actions.hand_over(by=by, item=one.pk, unit=OTHER),
    "back to the unit": lambda by, one: actions.hand_over(by=by, item=one.pk, unit=HEALTH_CENTRE),
    "to oneself": lambda by, one: actions.hand_over(by=by, item=one.pk, to=by),
    "return": lambda by, one: actions.return_item(by=by, item=one.pk, text="Palautan"),
    "resolve": lambda by, one: actions.resolve(by=by, item=one.pk, outcome="answered"),
    "cancel": lambda by, one: actions.cancel(by=by, item=one.pk),
    "comment": lambda by, one: actions.comment(by=by, item=one.pk, text="Huomio"),
    "mark": lambda by, one: actions.mark_minor(by=by, item=one.pk, mark="1"),
}


@pytest.mark.django_db
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=st.lists(st.tuples(st.sampled_from(sorted(DOINGS)), st.integers(0, 2), st.integers(0, 1)), max_size=14))
def test_no_sequence_of_doings_breaks_what_holds(
    done: list[tuple[str, int, int]], hilkka: User, matti: User, saara: User, veikko: Person
) -> None:
    with transaction.atomic():
        steps = Event.objects.filter(name__startswith="queue_item.")
        before = steps.count()
        items = [item(veikko), item(veikko, unit=OTHER)]
        people = [hilkka, matti, saara]
        told = 2
        for name, who, which in done:
            try:
                with transaction.atomic():
                    said = DOINGS[name](people[who], items[which])
                    told += name != "take next" or said is not None
            except (UserError, NoItem):
                continue
        for one in items:
            held_together(one)
        # Every step that was let through is one event, and no other is.
        assert steps.count() - before == told
        transaction.set_rollback(True)


def at_once(number: int, doing: Callable[[int], Any]) -> list[Any]:
    """What each of many gives who do something in the same moment; a sentence or a missing item as its text."""
    ready = Barrier(number)

    def one(place: int) -> Any:
        try:
            ready.wait(10)
            return doing(place)
        except (UserError, NoItem) as no:
            return str(no)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


@pytest.fixture
def six(transactional_db: None) -> list[User]:
    """Six professionals of the health centre."""
    return [user_with(Role.PROFESSIONAL, HEALTH_CENTRE), *(professional(f"P{n}", HEALTH_CENTRE) for n in range(5))]


def test_of_six_who_take_one_item_at_once_one_has_it_and_five_get_a_sentence(six: list[User]) -> None:
    one = item(person("230368-9116", "Veikko", municipality="179"))
    said = at_once(6, lambda place: actions.take(by=six[place], item=one.pk))
    assert sum(isinstance(each, WorkItem) for each in said) == 1
    held_together(one)
    assert sum(one.holder.name in each for each in said if isinstance(each, str)) == 5
    assert Event.objects.filter(name="queue_item.taken").count() == 1


def test_one_who_waits_for_a_colleague_to_take_an_item_is_told_who_has_it(six: list[User]) -> None:
    one = item(person("230368-9116", "Veikko", municipality="179"))
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            actions.take(by=six[0], item=one.pk)
            second = pool.submit(at_once, 1, lambda _place: actions.take(by=six[1], item=one.pk))
            until = time.monotonic() + 30
            while not waiting():
                assert time.monotonic() < until, "the second one does not wait"
                time.sleep(0.01)
        assert six[0].name in second.result()[0]


def waiting() -> bool:
    """Whether someone waits in this database for a lock that another holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0


def test_six_who_ask_for_the_next_at_once_get_six_different_items(six: list[User]) -> None:
    who = person("230368-9116", "Veikko", municipality="179")
    items = {item(who).pk for _ in range(6)}
    said = at_once(6, lambda place: actions.take_next(by=six[place]))
    assert {each.pk for each in said} == items
    assert not queries.free(by=six[0]).exists()


def test_the_same_source_sent_by_six_at_once_is_one_item(transactional_db: None) -> None:
    who = person("230368-9116", "Veikko", municipality="179")
    said = at_once(6, lambda _place: item(who, source=("assessment", "7")))
    assert len({each.pk for each in said}) == 1
    assert Event.objects.filter(name="queue_item.added").count() == 1
    held_together(said[0])


def test_taking_cancelling_and_handing_over_at_once_leave_one_clear_way(six: list[User]) -> None:
    who = person("230368-9116", "Veikko", municipality="179")
    for _round in range(3):
        one = item(who)
        doings = ["take", "cancel", "to a unit", "to a team", "take", "cancel"]
        at_once(6, lambda place, one=one, doings=doings: DOINGS[doings[place]](six[place], one))
        held_together(one)
