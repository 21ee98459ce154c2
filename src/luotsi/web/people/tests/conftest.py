"""A few made-up people. Django is set only after this file is read, so that each fixture imports what it needs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def hilkka(db: None) -> Any:
    """A professional of the health centre."""
    from luotsi.web.people.permissions import Role
    from luotsi.web.people.tests.made_up import HEALTH_CENTRE, user_with

    return user_with(Role.PROFESSIONAL, HEALTH_CENTRE)


@pytest.fixture
def officer(db: None) -> Any:
    """The privacy officer."""
    from luotsi.web.people.permissions import Role
    from luotsi.web.people.tests.made_up import user_with

    return user_with(Role.PRIVACY_OFFICER)


@pytest.fixture
def administrator(db: None) -> Any:
    """An administrator of the whole county."""
    from luotsi.web.people.permissions import Role
    from luotsi.web.people.tests.made_up import user_with

    return user_with(Role.ADMINISTRATOR)


@pytest.fixture
def rauha(db: None) -> Any:
    """A resident who signs in."""
    from luotsi.web.people.permissions import Role
    from luotsi.web.people.tests.made_up import user_with

    return user_with(Role.RESIDENT)


@pytest.fixture
def stranger(db: None) -> Any:
    """A user without any role."""
    from luotsi.web.people.tests.made_up import user_with

    return user_with(None)


@pytest.fixture
def veikko(db: None) -> Any:
    """A resident in no one's care, with non-disclosure."""
    from luotsi.web.people.tests.made_up import person

    return person("230368-9116", "Veikko Verrokki", municipality="179", hidden=True)


@pytest.fixture
def aino(hilkka: Any) -> Any:
    """A resident in Hilkka's care."""
    from luotsi.web.people.tests.made_up import person

    return person("140251-9083", "Aino Autettu", municipality="077", carer=hilkka)


@pytest.fixture
def login(client: Client) -> Callable[..., None]:
    """Signs a user in, having identified themself so many minutes ago."""
    from luotsi.web.people.tests.made_up import sign_in

    return lambda user, minutes=0: sign_in(client, user, minutes)
