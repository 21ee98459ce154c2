"""The form on wellbeing that was filled for a referral becomes its score: before, after and later."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from luotsi.concepts.errors import UserError
from luotsi.web.assessments import actions as forms
from luotsi.web.assessments import published
from luotsi.web.assessments.actions import Sent
from luotsi.web.assessments.queries import Whose
from luotsi.web.assessments.tests.made_up import publish_shipped
from luotsi.web.people import queries as people
from luotsi.web.people.models import Person, User
from luotsi.web.referrals import actions
from luotsi.web.referrals.models import Receiver, Referral, Score
from luotsi.web.referrals.queries import NoReferral
from luotsi.web.referrals.receiving import actions as receiving
from luotsi.web.referrals.tests.made_up import brought_to, nurse_of, referral

pytestmark = pytest.mark.django_db


def filled(by: User, answer: int, **context: Any) -> None:
    """The form filled with the same answer to each of its five statements."""
    whose = Whose(people.own_data(by=by), by)
    offered = published.newest("who_5")
    assert offered is not None
    response = forms.start(by=by, whose=whose, version=offered.version, **context)
    answers = {f"w{number}": [ANSWERS[answer]] for number in range(1, 6)}
    forms.save(by=by, whose=whose, response=response.pk, sent=Sent(0, answers), language="fi")
    forms.complete(by=by, whose=whose, response=response.pk)


ANSWERS = ("none", "some", "less_than_half", "more_than_half", "most", "all")


def scores(one: Referral) -> dict[str, int]:
    return {each.moment: each.value for each in Score.objects.filter(referral=one, response__isnull=False)}


def test_a_form_filled_before_after_and_later_is_the_score_of_each_time(
    seura: Receiver, veera: User, rauha: User
) -> None:
    publish_shipped("who_5")
    who = Person.objects.get(user=rauha)
    nurse = nurse_of(who)
    one = referral(nurse, who, seura)
    context = {"context": "referral", "context_id": str(one.pk)}
    filled(rauha, 1, **context)
    filled(rauha, 2, **context)
    assert scores(one) == {"before": 40}
    brought_to("met", one, nurse, veera)
    filled(rauha, 3, **context)
    receiving.close(by=veera, referral=one.pk, outcome="reached")
    filled(rauha, 4, **context)
    assert scores(one) == {"before": 40, "after": 60, "follow_up": 80}


def test_a_form_filled_for_no_referral_of_the_persons_is_no_ones_score(
    hilkka: User, seura: Receiver, veikko: Person, rauha: User
) -> None:
    publish_shipped("who_5")
    another = referral(hilkka, veikko, seura)
    filled(rauha, 2)
    for context_id in (str(another.pk), "", "nothing", "00000000-0000-0000-0000-000000000000"):
        filled(rauha, 2, context="referral", context_id=context_id)
    assert not Score.objects.exists()


def test_a_form_filled_for_another_reason_becomes_a_score_when_the_person_says_so_and_not_before(
    seura: Receiver, veera: User, rauha: User
) -> None:
    publish_shipped("who_5")
    who = Person.objects.get(user=rauha)
    nurse = nurse_of(who)
    one = referral(nurse, who, seura)
    with pytest.raises(UserError):
        actions.use_form(by=rauha, referral=one.pk)
    filled(rauha, 1)
    assert scores(one) == {}
    brought_to("met", one, nurse, veera)
    actions.use_form(by=rauha, referral=one.pk)
    assert scores(one) == {"before": 20}  # filled before they met
    with pytest.raises(UserError):
        actions.use_form(by=rauha, referral=one.pk)
    filled(rauha, 4)
    actions.use_form(by=nurse, referral=one.pk)
    assert scores(one) == {"before": 20, "after": 80}


def test_no_one_else_takes_a_form_of_the_person(hilkka: User, seura: Receiver, veera: User, rauha: User) -> None:
    publish_shipped("who_5")
    who = Person.objects.get(user=rauha)
    nurse = nurse_of(who, "1.2.3.9")
    one = brought_to("met", referral(nurse, who, seura), nurse, veera)
    filled(rauha, 3)
    for other in (veera, hilkka):
        with pytest.raises((PermissionDenied, NoReferral)):
            actions.use_form(by=other, referral=one.pk)
    assert scores(one) == {}
