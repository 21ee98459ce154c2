"""People around a work queue. Django is set only after this file is read, so each fixture imports what it needs."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _queues(monkeypatch: pytest.MonkeyPatch) -> None:
    from luotsi.web.queues import queries
    from luotsi.web.queues.tests.made_up import QUEUES

    monkeypatch.setattr(queries, "queues", lambda: QUEUES)


@pytest.fixture
def hilkka(db: None) -> Any:
    """A professional of the health centre."""
    from luotsi.web.people.permissions import Role
    from luotsi.web.people.tests.made_up import HEALTH_CENTRE, user_with

    return user_with(Role.PROFESSIONAL, HEALTH_CENTRE)


@pytest.fixture
def matti(db: None) -> Any:
    """Another professional of the health centre."""
    from luotsi.web.queues.tests.made_up import professional

    return professional("Matti", "1.2.3.1")


@pytest.fixture
def saara(db: None) -> Any:
    """A professional of another unit."""
    from luotsi.web.queues.tests.made_up import professional

    return professional("Saara", "1.2.3.2")


@pytest.fixture
def rauha(db: None) -> Any:
    """A resident who signs in."""
    from luotsi.web.people.permissions import Role
    from luotsi.web.people.tests.made_up import user_with

    return user_with(Role.RESIDENT)


@pytest.fixture
def veikko(db: None) -> Any:
    """A resident in no one's care, with non-disclosure."""
    from luotsi.web.people.tests.made_up import person

    return person("230368-9116", "Veikko Verrokki", municipality="179", hidden=True)
