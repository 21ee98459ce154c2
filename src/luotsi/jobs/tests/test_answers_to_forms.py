"""What residents answer to forms is counted by measures the next morning: event, lake, vault, mart."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from luotsi.concepts.reading import County
from luotsi.concepts.shipped import open_county
from luotsi.engine import marts, vault
from luotsi.jobs import exporting
from luotsi.jobs.tests.test_exporting import settled
from luotsi.web.assessments import actions
from luotsi.web.assessments.actions import Sent
from luotsi.web.assessments.queries import Whose
from luotsi.web.assessments.tests.made_up import publish
from luotsi.web.people import queries as people
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import user_with

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def county() -> County:
    return open_county()


def counted(home: Path, county: County) -> tuple[list[Any], list[Any]]:
    vault.load(home, county)
    con = vault.open_vault(home)
    try:
        marts.refresh(con, county)
        rows = con.execute("SELECT instrument, assessed_on, person IS NOT NULL FROM marts.assessment").fetchall()
        answers = con.execute("SELECT variable, value, number::DOUBLE FROM marts.assessment_answers ORDER BY ALL")
        return rows, answers.fetchall()
    finally:
        con.close()


def test_a_form_filled_and_then_corrected_is_one_assessment_with_its_last_answers(
    tmp_path: Path, county: County
) -> None:
    user = user_with(Role.RESIDENT)
    whose = Whose(people.own_data(by=user), user)
    first = actions.start(by=user, whose=whose, version=publish())
    answers = {"weeks": ["8"], "numb": ["no"], "name:0": ["Panadol"]}
    actions.save(by=user, whose=whose, response=first.pk, sent=Sent(0, answers), language="fi")
    actions.complete(by=user, whose=whose, response=first.pk)
    again = actions.correct(by=user, whose=whose, response=first.pk)
    actions.save(by=user, whose=whose, response=again.pk, sent=Sent(0, {"weeks": ["2"]}), language="fi")
    actions.complete(by=user, whose=whose, response=again.pk)
    settled()
    exporting.export(tmp_path, county)
    rows, found = counted(tmp_path, county)
    assert rows == [("back_pain", timezone.localdate(), True)]
    assert ("weeks", "2", 2.0) in found
    assert ("points.class", "low", None) in found
    assert ("outcome", "self_care", None) in found
    assert "Panadol" not in str(found)
    assert len({variable for variable, _value, _number in found}) == len(found)
