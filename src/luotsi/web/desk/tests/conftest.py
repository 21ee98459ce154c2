"""A release and who reads it. Django is set only after this file is read, so each fixture imports what it needs."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client


@pytest.fixture
def release(db: None, tmp_path: Path) -> Any:
    """The release, taken in and shown."""
    from luotsi.web.desk.tests.four_years import write
    from luotsi.web.results import actions

    cache.clear()
    taken = actions.take_in(by=None, folder=write(tmp_path))
    actions.point_to(by=None, release=taken.name)
    return taken


@pytest.fixture
def leader(db: None) -> Any:
    """A strategic leader of the whole county."""
    from luotsi.web.people.permissions import Role
    from luotsi.web.people.tests.made_up import user_with

    return user_with(Role.STRATEGIC_LEADER)


@pytest.fixture
def reader(client: Client, leader: Any) -> Client:
    """A browser in which the strategic leader is signed in and reads English."""
    from luotsi.web.people.tests.made_up import sign_in

    sign_in(client, leader, 1)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client
