"""The demonstration's matters are there once, of every kind that the pages show."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from luotsi.concepts.shipped import open_county
from luotsi.web.people.models import User
from luotsi.web.queues import queries
from luotsi.web.queues.models import WorkItem

pytestmark = pytest.mark.django_db


def test_the_demonstrations_matters_come_once_and_its_professional_has_work(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    shipped = open_county().queues
    monkeypatch.setattr(queries, "queues", lambda: shipped)
    call_command("demonstration_users", verbosity=0)
    call_command("demonstration_items")
    first = sorted(WorkItem.objects.values_list("reason", "state"))
    call_command("demonstration_items")
    assert sorted(WorkItem.objects.values_list("reason", "state")) == first
    waiting = list(queries.waiting(by=User.objects.get(email="professional@luotsi.example")))
    assert len(waiting) >= 5
    assert "resolved" in {state for _reason, state in first}


def test_the_demonstrations_matters_are_made_only_in_a_demonstration(settings: Any) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="LUOTSI_DEMONSTRATION"):
        call_command("demonstration_items")
