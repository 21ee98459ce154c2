"""A person's data are read by a basis, and what is not logged is not read."""

import dataclasses
import datetime
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from luotsi.web.people import queries
from luotsi.web.people.actions import begin_care, end_break_glass, open_break_glass
from luotsi.web.people.models import AccessLog, Basis, BreakGlass, CareRelationship, ClientSegment, Person, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.queries import NoBasis, NoPerson, in_care, own_data, own_readings, read_person, search_log
from luotsi.web.people.tests.made_up import HEALTH_CENTRE, user_with

REASON = "Unconscious in the emergency room"


def logged() -> list[tuple[str, str, str, str]]:
    return [(row.user.name, row.person.name, row.what, row.basis) for row in AccessLog.objects.order_by("id")]


def test_a_care_relationship_lets_a_professional_read_and_the_log_tells(hilkka: User, aino: Person) -> None:
    found = read_person(by=hilkka, person=aino.pk)
    assert (found.name, found.code, found.municipality, found.basis) == ("Aino Autettu", "140251-9083", "077", "care")
    assert logged() == [("The professional", "Aino Autettu", "person", "care")]


def test_without_a_basis_nothing_is_read_and_nothing_logged(hilkka: User, veikko: Person) -> None:
    with pytest.raises(NoBasis):
        read_person(by=hilkka, person=veikko.pk)
    assert logged() == []


def test_care_by_ones_unit_is_a_basis_and_care_by_another_unit_is_none(hilkka: User, veikko: Person) -> None:
    begin_care(by=None, person=veikko, unit="1.2.3.2")
    with pytest.raises(NoBasis):
        read_person(by=hilkka, person=veikko.pk)
    begin_care(by=None, person=veikko, unit=HEALTH_CENTRE)
    assert read_person(by=hilkka, person=veikko.pk).basis == Basis.CARE


def test_a_care_relationship_that_has_ended_is_no_basis(hilkka: User, aino: Person) -> None:
    CareRelationship.objects.update(until=timezone.localdate() - datetime.timedelta(days=1))
    with pytest.raises(NoBasis):
        read_person(by=hilkka, person=aino.pk)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PROFESSIONAL, Role.PRIVACY_OFFICER}))
def test_no_other_role_reads_persons_even_with_a_care_relationship(role: Role, veikko: Person) -> None:
    user = user_with(role)
    begin_care(by=None, person=veikko, user=user)
    with pytest.raises(PermissionDenied):
        read_person(by=user, person=veikko.pk)
    assert logged() == []


def test_break_glass_opens_for_its_time_and_the_log_tells_the_reason(hilkka: User, veikko: Person) -> None:
    open_break_glass(by=hilkka, person=veikko.pk, reason=REASON, hours=1)
    assert read_person(by=hilkka, person=veikko.pk).basis == Basis.BREAK_GLASS
    assert AccessLog.objects.get().break_glass == BreakGlass.objects.get()
    begun = timezone.now() - datetime.timedelta(hours=2)
    BreakGlass.objects.update(starts=begun, ends=begun + datetime.timedelta(hours=1))
    with pytest.raises(NoBasis):
        read_person(by=hilkka, person=veikko.pk)


def test_break_glass_opens_for_the_one_who_broke_it_and_for_one_person(
    hilkka: User, veikko: Person, rauha: User
) -> None:
    other = user_with(Role.PROFESSIONAL, "1.2.3.2")
    open_break_glass(by=hilkka, person=veikko.pk, reason=REASON, hours=1)
    with pytest.raises(NoBasis):
        read_person(by=other, person=veikko.pk)
    with pytest.raises(NoBasis):
        read_person(by=hilkka, person=Person.objects.get(user=rauha).pk)


def test_break_glass_that_is_closed_is_no_basis(hilkka: User, veikko: Person) -> None:
    open_break_glass(by=hilkka, person=veikko.pk, reason=REASON, hours=12)
    end_break_glass(by=hilkka, person=veikko.pk)
    with pytest.raises(NoBasis):
        read_person(by=hilkka, person=veikko.pk)


def test_the_privacy_officer_reads_by_task_and_is_logged_like_everyone(officer: User, veikko: Person) -> None:
    assert read_person(by=officer, person=veikko.pk).basis == Basis.PRIVACY_OFFICER
    assert logged() == [("The privacy_officer", "Veikko Verrokki", "person", "privacy_officer")]


def test_a_resident_reads_their_own_data_and_no_one_elses(rauha: User, veikko: Person) -> None:
    assert own_data(by=rauha).name == "Rauha Asukas"
    assert logged() == [("The resident", "Rauha Asukas", "person", "own")]
    with pytest.raises(PermissionDenied):
        read_person(by=rauha, person=veikko.pk)


def test_non_disclosure_hides_the_municipality_from_all_but_the_person(officer: User, veikko: Person) -> None:
    assert read_person(by=officer, person=veikko.pk).municipality == ""
    user = User.objects.create_user(None, name="Veikko")
    Person.objects.update(user=user)
    assert own_data(by=user).municipality == "179"


@pytest.mark.parametrize("read", ["read_person", "own_data", "in_care", "search_log"])
def test_what_cannot_be_logged_is_not_read(
    read: str, hilkka: User, aino: Person, officer: User, rauha: User, transactional_db: None
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_accesslog ADD CONSTRAINT no_room CHECK (false) NOT VALID")
    try:
        arguments = {
            "read_person": {"by": hilkka, "person": aino.pk},
            "own_data": {"by": rauha},
            "in_care": {"by": hilkka},
            "search_log": {"by": officer, "person": aino.pk},
        }[read]
        with pytest.raises(DatabaseError):
            getattr(queries, read)(**arguments)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE people_accesslog DROP CONSTRAINT no_room")
    assert not AccessLog.objects.exists()


def test_a_reading_whose_transaction_fails_leaves_no_trace_as_its_reader_got_nothing(
    hilkka: User, aino: Person
) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert 1 / len(read_person(by=hilkka, person=aino.pk).name.replace("Aino Autettu", ""))
    assert logged() == []


def test_a_list_of_those_in_care_is_a_reading_of_each(hilkka: User, aino: Person, veikko: Person) -> None:
    assert [each.name for each in in_care(by=hilkka)] == ["Aino Autettu"]
    assert logged() == [("The professional", "Aino Autettu", "list", "care")]


def test_a_resident_sees_who_has_read_their_data_why_and_by_what_reason(rauha: User, hilkka: User) -> None:
    person = Person.objects.get(user=rauha)
    own_data(by=rauha)
    open_break_glass(by=hilkka, person=person.pk, reason=REASON, hours=1)
    read_person(by=hilkka, person=person.pk)
    [row] = own_readings(by=rauha)
    assert (row.user, row.what, row.basis, row.reason) == ("The professional", "person", "break_glass", REASON)


def test_a_resident_does_not_see_readings_of_others(rauha: User, hilkka: User, aino: Person) -> None:
    read_person(by=hilkka, person=aino.pk)
    assert own_readings(by=rauha) == []


def test_the_log_is_searched_by_person_reader_and_day(officer: User, hilkka: User, aino: Person) -> None:
    read_person(by=hilkka, person=aino.pk)
    today = timezone.localdate()
    assert len(search_log(by=officer, email=hilkka.email or "")) == 1
    assert search_log(by=officer, email="someone.else@luotsi.example") == []
    assert search_log(by=officer, email=hilkka.email or "", until=today - datetime.timedelta(days=1)) == []
    assert len(search_log(by=officer, email=hilkka.email or "", since=today)) == 1
    assert len(search_log(by=officer, person=aino.pk)) == 1
    assert logged()[-1] == ("The privacy_officer", "Aino Autettu", "access_log", "privacy_officer")
    with pytest.raises(PermissionDenied):
        search_log(by=hilkka, person=aino.pk)


def test_a_person_who_is_not_here_is_said_so(hilkka: User, officer: User) -> None:
    with pytest.raises(NoPerson):
        read_person(by=hilkka, person=uuid.uuid4())
    with pytest.raises(NoPerson):
        search_log(by=officer, person=uuid.uuid4())


def test_the_privacy_officer_sees_each_break_glass_of_late_and_no_one_else_does(
    officer: User, hilkka: User, veikko: Person
) -> None:
    open_break_glass(by=hilkka, person=veikko.pk, reason=REASON, hours=1)
    [found] = queries.openings(by=officer)
    assert (found.user, found.person, found.reason) == ("The professional", veikko.pk, REASON)
    with pytest.raises(PermissionDenied):
        queries.openings(by=hilkka)
    long_ago = timezone.now() - datetime.timedelta(days=31)
    BreakGlass.objects.update(starts=long_ago)
    assert queries.openings(by=officer) == []


def test_a_segment_is_told_to_the_person_and_to_who_cares_and_to_no_one_else(
    hilkka: User, officer: User, rauha: User, aino: Person
) -> None:
    own = own_data(by=rauha)
    for each in (aino.pk, own.id):
        ClientSegment.objects.create(person_id=each, segment="many_needs", period_end="2025-01-31")
    assert queries.segment_of(own) == "many_needs"
    assert queries.segment_of(read_person(by=hilkka, person=aino.pk)) == "many_needs"
    assert queries.segment_of(read_person(by=officer, person=aino.pk)) == ""
    assert queries.segment_of(dataclasses.replace(own, basis=Basis.MANDATE)) == ""


def test_a_person_of_whom_no_segment_is_known_has_none(rauha: User) -> None:
    assert queries.segment_of(own_data(by=rauha)) == ""
