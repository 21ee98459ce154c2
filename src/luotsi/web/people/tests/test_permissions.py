"""The matrix: each role against each action of every app, with a stranger and no one at all."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from django.utils import timezone

from luotsi.web.people.models import User
from luotsi.web.people.permissions import IDENTIFIED_AT, Role, is_fresh, may, require, table, words
from luotsi.web.people.tests.made_up import user_with

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
ONE_DAY = datetime.timedelta(days=1)


def allowed(user: User, unit: str | None = None) -> set[str]:
    return {action for action in table() if may(user, action, unit=unit)}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_what_the_table_says_and_nothing_else(role: Role) -> None:
    expected = {action for action, roles in table().items() if role in roles}
    user = user_with(role)
    assert allowed(user) == allowed(user, "") == allowed(user, "1.2.3.4") == expected
    assert expected


def test_a_stranger_may_do_nothing() -> None:
    assert allowed(user_with(None)) == set()


def test_no_one_may_do_nothing() -> None:
    assert not [action for action in table() if may(AnonymousUser(), action)]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.RESIDENT])
def test_a_role_in_a_unit_holds_there_and_neither_elsewhere_nor_in_the_county(role: Role) -> None:
    user = user_with(role, "1.2.3.4")
    expected = {action for action, roles in table().items() if role in roles}
    assert allowed(user) == allowed(user, "1.2.3.4") == expected
    assert allowed(user, "1.2.3.5") == allowed(user, "") == allowed(user, "1.2.3") == set()


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (TODAY, TODAY, True),
        (TODAY - ONE_DAY, None, True),
        (TODAY + ONE_DAY, None, False),
        (TODAY - ONE_DAY, TODAY - ONE_DAY, False),
    ],
)
def test_a_role_holds_from_its_first_day_to_its_last(
    since: datetime.date, until: datetime.date | None, holds: bool
) -> None:
    assert bool(allowed(user_with(Role.ADMINISTRATOR, since=since, until=until))) == holds


def test_a_user_who_is_closed_may_do_nothing() -> None:
    user = user_with(Role.ADMINISTRATOR)
    user.is_active = False
    assert allowed(user) == set()


def test_an_administrator_reads_no_persons_and_a_professional_gives_no_roles() -> None:
    administrator, professional = user_with(Role.ADMINISTRATOR), user_with(Role.PROFESSIONAL)
    assert not may(administrator, "person.read")
    assert not may(administrator, "access_log.search")
    assert not may(professional, "membership.grant")
    with pytest.raises(PermissionDenied):
        require(professional, "membership.grant")


def test_an_action_no_app_names_is_an_error_and_not_a_no() -> None:
    with pytest.raises(KeyError):
        may(user_with(Role.ADMINISTRATOR), "board.raed")


def test_every_action_has_words_for_the_page_that_shows_the_table() -> None:
    assert not [action for action in table() if words(action) == action]


@pytest.mark.parametrize(("minutes", "fresh"), [(0, True), (14, True), (16, False)])
def test_an_identification_is_fresh_for_fifteen_minutes(minutes: int, fresh: bool) -> None:
    request = RequestFactory().get("/")
    request.session = {IDENTIFIED_AT: timezone.now().timestamp() - minutes * 60}  # type: ignore[assignment]
    assert is_fresh(request) == fresh
