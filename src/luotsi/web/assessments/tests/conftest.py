"""A form that is published, a resident who fills it, a professional who cares for her."""

from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def back(db: None) -> Any:
    """The form of tests, published."""
    from luotsi.web.assessments.tests.made_up import publish

    return publish()


@pytest.fixture
def rauha(back: Any) -> Any:
    """A resident who signs in."""
    from luotsi.web.people.permissions import Role
    from luotsi.web.people.tests.made_up import user_with

    return user_with(Role.RESIDENT)


@pytest.fixture
def hilkka(rauha: Any) -> Any:
    """A professional who cares for the resident."""
    from luotsi.web.people.actions import begin_care
    from luotsi.web.people.permissions import Role
    from luotsi.web.people.tests.made_up import DAY, HEALTH_CENTRE, user_with

    user = user_with(Role.PROFESSIONAL, HEALTH_CENTRE)
    begin_care(by=None, person=rauha.person, user=user, since=DAY)
    return user


def signed_in(user: Any, language: str = "en") -> Client:
    """A browser in which a user has signed in."""
    from luotsi.web.people.tests.made_up import sign_in

    client = Client(headers={"accept-language": language})
    sign_in(client, user, 0)
    return client


@pytest.fixture
def resident(rauha: Any) -> Client:
    """The resident's browser."""
    return signed_in(rauha)


@pytest.fixture
def professional(hilkka: Any) -> Client:
    """The professional's browser."""
    return signed_in(hilkka)
