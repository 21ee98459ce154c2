"""What other programs get: lists, HSDS that our own reader takes back, FHIR, and what fits a person's needs."""

import json
from pathlib import Path
from urllib.parse import urlencode

import jsonschema_rs
import pytest
import schemathesis
from django.core.management import call_command
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as examples

from luotsi.connectors import hsds
from luotsi.web.services import answering, queries
from luotsi.web.services.models import Service
from luotsi.web.services.tests.made_up import JYVASKYLA, small
from luotsi.web.services.views.machines import openapi

pytestmark = pytest.mark.django_db


def test_the_directory_written_as_hsds_is_read_back(tmp_path: Path) -> None:
    small()
    services = list(queries.services().order_by("pk"))
    (tmp_path / "page.json").write_text(json.dumps(answering.as_page(services)), "utf-8")
    found = hsds.read([tmp_path], "fi")
    assert not found.faults
    cafe = found.services["kahvila"]
    assert (cafe.name, cafe.municipalities, cafe.languages) == (
        {"fi": "Juttukahvila yksinäisille"},
        ("179",),
        ("fi", "sv"),
    )
    (place,) = [each for each in found.channels.values() if each.kind == "place"]
    assert [each.weekday for each in place.hours] == [1, 2, 3, 4, 5]
    assert abs((place.places[0].east or 0) - 434900) <= 1


def test_the_directory_written_as_fhir_is_a_bundle_of_healthcare_services() -> None:
    small()
    bundle = answering.as_fhir(queries.services(), "https://luotsi.example")
    names = {each["resource"]["resourceType"] for each in bundle["entry"]}
    assert (bundle["resourceType"], names, len(bundle["entry"])) == ("Bundle", {"HealthcareService"}, 3)
    cafe = next(e["resource"] for e in bundle["entry"] if e["resource"]["identifier"][0]["value"] == "kahvila")
    assert cafe["availableTime"][0] == {
        "daysOfWeek": ["mon"],
        "availableStartTime": "09:00:00",
        "availableEndTime": "16:00:00",
    }


def test_what_fits_a_persons_needs_knows_area_of_life_municipality_language_and_age() -> None:
    small()
    Service.objects.filter(entry="kahvila").update(least_age=18)
    (first, *_rest) = queries.fitting(["friends"], age=40, area=JYVASKYLA, language="sv")
    assert first.service.entry == "kahvila"
    assert first.reasons
    assert queries.fitting(["friends"], age=40, language="ru")[0].service.entry == "kahvila"
    assert "kahvila" not in [hit.service.entry for hit in queries.fitting(["friends"], age=12, area=JYVASKYLA)]
    assert [hit.service.entry for hit in queries.fitting(["velka"], limit=1)] == ["velka"]


def test_the_made_up_directory_is_taken_in_once() -> None:
    call_command("demonstration_services")
    count = Service.objects.count()
    call_command("demonstration_services")
    assert Service.objects.count() == count > 20


def test_the_description_of_the_interface_is_given(client: Client) -> None:
    assert client.get("/api/services/openapi.json").json() == openapi()


DESCRIBED = openapi()
schema = schemathesis.openapi.from_dict(DESCRIBED)


@schema.parametrize()
@examples(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_to_any_request_is_as_described(case: schemathesis.Case, client: Client) -> None:
    query = {name: str(value) for name, value in (case.query or {}).items()}
    answer = client.generic(case.method, case.formatted_path, QUERY_STRING=urlencode(query))
    if answer.status_code == 405 and case.method != "GET":
        return
    if answer.status_code == 404 and answer["Content-Type"].startswith("text/html"):
        return  # an address that is none of ours
    described = DESCRIBED["paths"][case.operation.path]["get"]["responses"][str(answer.status_code)]
    wanted = described["content"]["application/json"]["schema"]
    jsonschema_rs.validate({**wanted, "components": DESCRIBED["components"]}, json.loads(answer.content))
