"""The demonstration's referrals are there once, at several places on their way, and a volunteer can sign in to them."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from luotsi.concepts.shipped import open_county
from luotsi.web.people.models import User
from luotsi.web.queues import queries as queues
from luotsi.web.referrals import queries
from luotsi.web.referrals.models import Referral

pytestmark = pytest.mark.django_db


def test_the_demonstrations_referrals_come_once_and_wait_for_each_who_has_a_part_in_them(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    county = open_county()
    monkeypatch.setattr(queues, "queues", lambda: county.queues)
    monkeypatch.setattr(queries, "programme", lambda: county.referrals["wellbeing"])
    call_command("demonstration_users", verbosity=0)
    told = StringIO()
    call_command("demonstration_referrals", stdout=told)
    assert "the directory has no" in told.getvalue()
    assert not Referral.objects.exists()
    call_command("demonstration_services")
    for _again in range(2):
        call_command("demonstration_referrals")
        assert sorted(each.state for each in Referral.objects.all()) == ["declined", "draft", "proposed"]
    by = {role: User.objects.get(email=f"{role}@luotsi.example") for role in ("volunteer", "professional", "resident")}
    (passed,) = queries.passed(by=by["volunteer"])
    assert queries.open_passed(by=by["volunteer"], referral=passed.id).items["name"] == "Aino Asukas"
    assert queries.coordinated(by=by["professional"]).filter(state="declined").exists()
    assert [each.meetings[0].answer for each in queries.own(by=by["resident"])[1]] == [""]
    assert [each.free for each in queries.receivers()] == [3]


def test_the_demonstrations_referrals_are_made_only_in_a_demonstration(settings: Any) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="LUOTSI_DEMONSTRATION"):
        call_command("demonstration_referrals")
