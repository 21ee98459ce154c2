"""What people do to roles, break-glass and sessions: the right person, the wrong person, the event."""

import datetime
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from luotsi.concepts.errors import UserError
from luotsi.web.events.models import Event
from luotsi.web.people import actions
from luotsi.web.people.management.commands.demonstration_users import PASSWORD
from luotsi.web.people.models import CareRelationship, Membership, Person, SignIn, User
from luotsi.web.people.permissions import Role, may
from luotsi.web.people.tests.made_up import user_with

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def events() -> list[str]:
    return [each.name for each in Event.objects.order_by("id")]


def test_a_role_that_is_given_holds_at_once_and_leaves_an_event(administrator: User, stranger: User) -> None:
    assert not may(stranger, "membership.read")
    actions.grant_membership(by=administrator, user=stranger, role=Role.PRIVACY_OFFICER)
    assert may(stranger, "membership.read")
    assert events() == ["membership.granted"]


def test_no_one_gives_a_role_to_themself(administrator: User) -> None:
    with pytest.raises(UserError, match="themself"):
        actions.grant_membership(by=administrator, user=administrator, role=Role.PRIVACY_OFFICER)


def test_a_role_is_not_given_twice_nor_backwards(administrator: User, stranger: User) -> None:
    actions.grant_membership(by=administrator, user=stranger, role=Role.ANALYST)
    with pytest.raises(UserError, match="already"):
        actions.grant_membership(by=administrator, user=stranger, role=Role.ANALYST)
    yesterday = TODAY - datetime.timedelta(days=1)
    with pytest.raises(UserError, match="before it begins"):
        actions.grant_membership(by=administrator, user=stranger, role=Role.PROFESSIONAL, until=yesterday)
    assert events() == ["membership.granted"]


@pytest.mark.parametrize("days", [0, 1, 400])
def test_a_role_that_is_ended_holds_no_more_from_this_moment(administrator: User, stranger: User, days: int) -> None:
    since = TODAY - datetime.timedelta(days=days)
    membership = actions.grant_membership(by=administrator, user=stranger, role=Role.ANALYST, since=since)
    actions.end_membership(by=administrator, membership=membership)
    assert not User.objects.get(pk=stranger.pk).held
    assert events() == ["membership.granted", "membership.ended"]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_only_an_administrator_gives_and_ends_roles(role: Role, administrator: User, stranger: User) -> None:
    user = user_with(role)
    membership = Membership.objects.create(user=stranger, role=Role.ANALYST, since=TODAY)
    for attempt in (
        lambda: actions.grant_membership(by=user, user=stranger, role=Role.PROFESSIONAL),
        lambda: actions.end_membership(by=user, membership=membership),
        lambda: actions.add_user(by=user, email="new@luotsi.example", name="New"),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert "membership.granted" not in events()


def test_an_administrator_of_a_unit_gives_roles_in_that_unit_only(stranger: User) -> None:
    local = user_with(Role.ADMINISTRATOR, "1.2.3.1")
    actions.grant_membership(by=local, user=stranger, role=Role.PROFESSIONAL, unit="1.2.3.1")
    for unit in ("1.2.3.2", ""):
        with pytest.raises(PermissionDenied):
            actions.grant_membership(by=local, user=stranger, role=Role.PROFESSIONAL, unit=unit)


@pytest.mark.parametrize(
    ("reason", "hours"), [("why not", 1), ("   x      ", 1), ("A good reason", 0), ("A good reason", 13)]
)
def test_break_glass_needs_a_reason_that_says_something_and_a_short_time(
    hilkka: User, veikko: Person, reason: str, hours: int
) -> None:
    with pytest.raises(UserError):
        actions.open_break_glass(by=hilkka, person=veikko.pk, reason=reason, hours=hours)


def test_opening_and_closing_break_glass_are_events_about_the_person(hilkka: User, veikko: Person) -> None:
    actions.open_break_glass(by=hilkka, person=veikko.pk, reason="Found unconscious", hours=2)
    actions.end_break_glass(by=hilkka, person=veikko.pk)
    opened, ended = Event.objects.filter(name__startswith="break_glass").order_by("id")
    assert (opened.name, ended.name) == ("break_glass.opened", "break_glass.ended")
    assert opened.subject == ended.subject == f"person:{veikko.pk}"
    assert opened.by == ended.by == hilkka


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PROFESSIONAL}))
def test_only_a_professional_breaks_the_glass(role: Role, veikko: Person) -> None:
    with pytest.raises(PermissionDenied):
        actions.open_break_glass(by=user_with(role), person=veikko.pk, reason="Found unconscious", hours=1)


def test_no_one_ends_a_session_of_someone_else(administrator: User, hilkka: User, login: Callable[..., None]) -> None:
    login(hilkka)
    with pytest.raises(PermissionDenied):
        actions.end_session(by=administrator, sign_in=SignIn.objects.get(user=hilkka))


def test_a_wrong_or_known_personal_identity_code_is_refused(veikko: Person) -> None:
    with pytest.raises(UserError, match="not right"):
        actions.add_person(by=None, code="230368-9117", name="Veikko")
    with pytest.raises(UserError, match="here already"):
        actions.add_person(by=None, code=" 230368-9116 ", name="Veikko")


def test_an_event_holds_no_name_and_no_personal_identity_code(veikko: Person) -> None:
    [event] = Event.objects.all()
    assert (event.name, event.subject, event.payload) == ("person.added", f"person:{veikko.pk}", {})
    assert isinstance(veikko.pk, uuid.UUID)


def test_demonstration_users_come_once_however_often_they_are_made(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("demonstration_users", verbosity=0)
    first = User.objects.count(), Person.objects.count(), CareRelationship.objects.count(), Membership.objects.count()
    call_command("demonstration_users", verbosity=0)
    assert first == (10, 7, 5, 9)
    assert first == (
        User.objects.count(),
        Person.objects.count(),
        CareRelationship.objects.count(),
        Membership.objects.count(),
    )
    for role in Role:
        user = User.objects.get(email=f"{role}@luotsi.example")
        assert {held for held, _unit in user.held} == {role}
        assert user.check_password(PASSWORD)


def test_demonstration_users_are_made_only_in_a_demonstration(settings: Any) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="LUOTSI_DEMONSTRATION"):
        call_command("demonstration_users")
    assert not User.objects.exists()
