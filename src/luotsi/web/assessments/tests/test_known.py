"""What a person has answered begins the next form, where forms say so, and what has been corrected does not."""

from __future__ import annotations

import copy
import datetime
from typing import Any

import pytest
from django.test import Client

from luotsi.web.assessments.models import Observation, Response
from luotsi.web.assessments.tests.conftest import signed_in
from luotsi.web.assessments.tests.made_up import BACK, publish
from luotsi.web.assessments.tests.test_answering import kept, post, text
from luotsi.web.assessments.tests.test_professional import mandated
from luotsi.web.people.models import Mandate, User
from luotsi.web.people.tests.made_up import person

pytestmark = pytest.mark.django_db
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
CODE = [{"system": "http://loinc.org", "code": "8302-2"}]


def form(name: str, version: str, **more: Any) -> None:
    """The form of tests with a question that is extracted and begun with for a year."""
    questions = copy.deepcopy(BACK)
    period = {"value": 1, "unit": "years", "system": "http://unitsofmeasure.org", "code": "a"}
    questions["item"][0]["item"][0] |= {
        "code": CODE,
        "extension": [
            {"url": SDC + "observationExtract", "valueBoolean": True},
            {"url": SDC + "observationLinkPeriod", "valueDuration": period},
        ],
    }
    publish(questions, form=name, version=version, **more)


def begun(client: Client, name: str) -> str:
    return client.post(f"/forms/{name}/")["location"]


def test_an_answer_begins_another_form_that_asks_the_same_and_a_correction_takes_its_place(
    resident: Client, rauha: Any
) -> None:
    form("first", "1")
    form("second", "1")
    assert "filled in ready" in text(resident.get("/forms/first/"))
    post(resident, begun(resident, "first"), "finish", weeks="8", numb="no")
    row = Observation.objects.get()
    assert row.resource["valueInteger"] == 8
    assert row.resource["derivedFrom"] == [{"reference": f"QuestionnaireResponse/{row.response.pk}"}]
    again = resident.post(f"/answers/{row.response.pk}/correct/")["location"]
    post(resident, again, "finish", weeks="9", numb="no")
    begun(resident, "second")
    assert kept("weeks") == [9]


def test_what_is_too_old_or_not_asked_for_begins_nothing(resident: Client, rauha: Any) -> None:
    form("first", "1")
    form("second", "1")
    publish(form="plain", version="1")
    post(resident, begun(resident, "first"), "finish", weeks="8", numb="no")
    row = Observation.objects.get()
    begun(resident, "plain")
    assert kept("weeks") == []
    row.resource["effectiveDateTime"] = f"{datetime.date.today() - datetime.timedelta(days=500)}T10:00:00Z"
    row.save()
    begun(resident, "second")
    assert kept("weeks") == []


def test_a_confidential_answer_is_no_observation(resident: Client, rauha: Any) -> None:
    form("first", "1", confidential=["weeks"])
    post(resident, begun(resident, "first"), "finish", weeks="8", numb="no")
    assert Response.objects.get().completed_at
    assert not Observation.objects.exists()


def test_who_acts_for_another_begins_with_nothing_that_they_may_not_see(db: None) -> None:
    form("first", "1")
    form("second", "1")
    guardian, child = mandated("guardian", "010112A900K")
    theirs = begun(guardian, "first")
    post(guardian, theirs, "finish", weeks="8", numb="no")
    begun(guardian, "second")
    assert kept("weeks") == [8]
    Response.objects.filter(version__form="second").delete()
    response = Response.objects.get()
    other = mandated_by_another(child)
    begun(other, "second")
    assert response.author_id != Response.objects.latest("started_at").author_id  # pyright: ignore[reportAttributeAccessIssue]
    assert kept("weeks") == []


def mandated_by_another(child: Any) -> Client:
    """A second guardian's browser."""
    agent = person("010170-900J", "Toinen", municipality="179")
    agent.user = User.objects.create_user("other@luotsi.example", name="Other")
    agent.save()
    mandate = Mandate.objects.create(
        principal=child,
        agent=agent,
        kind="guardian",
        covers=["health"],
        source="paper",
        since=datetime.date(2026, 1, 1),
    )
    client = signed_in(agent.user)
    session = client.session
    session["acting_by"] = str(mandate.pk)
    session.save()
    return client
