"""People around a referral. Django is set only after this file is read, so each fixture imports what it needs."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _programme(monkeypatch: pytest.MonkeyPatch) -> None:
    from luotsi.web.queues import queries as queues
    from luotsi.web.queues.tests.made_up import _queue
    from luotsi.web.referrals import queries
    from luotsi.web.referrals.tests.made_up import COORDINATING

    queue = _queue("coordination", units=(COORDINATING,))
    programme = queries.programme().model_copy(update={"queue": "coordination"})
    monkeypatch.setattr(queues, "queues", lambda: {"coordination": queue})
    monkeypatch.setattr(queries, "programme", lambda: programme)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """The sentences as they are written, whatever language another test has left on."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture
def veikko(db: None) -> Any:
    """A resident who signs in nowhere."""
    from luotsi.web.people.tests.made_up import person

    return person("230368-9116", "Veikko Verrokki", municipality="179")


@pytest.fixture
def rauha(db: None) -> Any:
    """A resident who signs in."""
    from luotsi.web.people.permissions import Role
    from luotsi.web.people.tests.made_up import user_with

    return user_with(Role.RESIDENT)


@pytest.fixture
def hilkka(veikko: Any) -> Any:
    """A professional of the health centre, which cares for the resident."""
    from luotsi.web.referrals.tests.made_up import nurse_of

    return nurse_of(veikko)


@pytest.fixture
def kaisa(db: None) -> Any:
    """A professional of the coordinating unit."""
    from luotsi.web.queues.tests.made_up import professional
    from luotsi.web.referrals.tests.made_up import COORDINATING

    return professional("Kaisa", COORDINATING)


@pytest.fixture
def seura(db: None) -> Any:
    """An association with two places."""
    from luotsi.web.referrals.tests.made_up import place

    return place()


@pytest.fixture
def veera(seura: Any) -> Any:
    """A volunteer of the association."""
    from luotsi.web.referrals.tests.made_up import volunteer

    return volunteer(seura)
