"""What the database itself holds to: dates, roles, reasons, and a log that only grows."""

import datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from luotsi.web.people import identity
from luotsi.web.people.models import AccessLog, BreakGlass, CareRelationship, Membership, Person, User
from luotsi.web.people.permissions import Role

pytestmark = pytest.mark.django_db
CODE = "010190-900P"
DAY = datetime.date(2026, 1, 1)


@pytest.fixture
def anna() -> User:
    return User.objects.create_user("anna@luotsi.example", name="Anna Ammattilainen")


@pytest.fixture
def pekka() -> Person:
    return Person.objects.create(
        name="Pekka Testinen", sealed_code=identity.seal(CODE), code_digest=identity.digest(CODE), municipality="297"
    )


def refused(model: type, **fields: object) -> bool:
    try:
        with transaction.atomic():
            model.objects.create(**fields)
    except IntegrityError:
        return True
    return False


def test_a_membership_that_ends_before_it_begins_is_refused(anna: User) -> None:
    fields = {"user": anna, "role": Role.ANALYST, "since": DAY}
    assert refused(Membership, until=DAY - datetime.timedelta(days=1), **fields)
    assert not refused(Membership, until=DAY, **fields)


def test_the_same_role_in_the_same_place_is_open_once(anna: User) -> None:
    fields = {"user": anna, "role": Role.OPERATIONAL_LEADER, "since": DAY}
    assert not refused(Membership, unit="1.2.3", **fields)
    assert not refused(Membership, unit="", **fields)
    assert refused(Membership, unit="1.2.3", **fields)


@pytest.mark.parametrize("role", ["", "king", "resident"])
def test_a_role_that_no_one_can_be_given_is_refused(anna: User, role: str) -> None:
    assert refused(Membership, user=anna, role=role, since=DAY)


def test_a_care_relationship_is_a_users_or_a_units_and_never_both(anna: User, pekka: Person) -> None:
    assert refused(CareRelationship, person=pekka, since=DAY)
    assert refused(CareRelationship, person=pekka, user=anna, unit="1.2.3", since=DAY)
    assert not refused(CareRelationship, person=pekka, user=anna, since=DAY)
    assert not refused(CareRelationship, person=pekka, unit="1.2.3", since=DAY)
    assert refused(CareRelationship, person=pekka, unit="1.2.3", since=DAY)


@pytest.mark.parametrize(("reason", "hours"), [("", 1), ("  ", 1), ("emergency", 0), ("emergency", -1)])
def test_break_glass_without_a_reason_or_an_end_is_refused(anna: User, pekka: Person, reason: str, hours: int) -> None:
    now = timezone.now()
    ends = now + datetime.timedelta(hours=hours)
    assert refused(BreakGlass, user=anna, person=pekka, reason=reason, starts=now, ends=ends)


def test_two_persons_never_share_a_personal_identity_code(pekka: Person) -> None:
    assert refused(Person, name="Toinen", sealed_code=identity.seal(CODE), code_digest=identity.digest(CODE.lower()))


def test_a_code_is_sealed_differently_each_time_and_opens_to_the_same(pekka: Person) -> None:
    assert identity.seal(CODE) != identity.seal(CODE)
    pekka.refresh_from_db()
    assert identity.unseal(pekka.sealed_code) == CODE
    assert CODE.encode() not in bytes(pekka.sealed_code)


@pytest.mark.parametrize("sql", ["UPDATE people_accesslog SET what = 'x'", "DELETE FROM people_accesslog"])
def test_the_access_log_is_never_changed_nor_removed(anna: User, pekka: Person, sql: str) -> None:
    AccessLog.objects.create(user=anna, person=pekka, what="person", basis="care")
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert AccessLog.objects.get().what == "person"


def test_the_access_log_is_never_emptied(anna: User, pekka: Person) -> None:
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        cursor.execute("TRUNCATE people_accesslog")


def test_a_reading_by_break_glass_names_the_reason(anna: User, pekka: Person) -> None:
    assert refused(AccessLog, user=anna, person=pekka, what="person", basis="break_glass")
    assert refused(AccessLog, user=anna, person=pekka, what="person", basis="curiosity")
