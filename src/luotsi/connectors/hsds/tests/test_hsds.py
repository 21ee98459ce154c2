"""HSDS: every sample, JSON and tables, what is gone, what is missing."""

import json
from pathlib import Path
from typing import Any

import pytest

from luotsi.connectors.entries import Hours
from luotsi.connectors.hsds import read

SAMPLES = Path(__file__).parents[6] / "shared" / "data" / "open-referral-hsds"


def service(**more: Any) -> dict[str, Any]:
    owner = {"id": "o1", "name": "Seura"}
    return {"id": "s1", "name": "Kerho", "status": "active", "organization": owner, **more}


def put(folder: Path, said: Any) -> Path:
    path = folder / "services.json"
    path.write_text(json.dumps(said), "utf-8")
    return path


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples of HSDS are not here")
def test_every_sample_is_read_without_a_fault() -> None:
    found = read([SAMPLES])
    assert not found.faults
    counselling = found.services["ac148810-d857-441c-9679-408f346de14b"]
    assert counselling.name == {"en": "Community Counselling"}
    assert (counselling.least_age, counselling.most_age, counselling.organisation) == (
        12,
        100,
        "d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610",
    )
    assert "c89eb05c-62dd-4b64-b494-0cc347b6ea7f" in found.services  # of the tables of version 1.1


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples of HSDS are not here")
def test_weekdays_of_tables_become_opening_hours() -> None:
    found = read([SAMPLES / "hsds_1_1_datapackage" / "all_resources"])
    rows = [hours for each in found.channels.values() for hours in each.hours]
    assert Hours(1, 540, 1020) in rows


@pytest.mark.parametrize("status", ["inactive", "defunct"])
def test_a_service_that_is_not_active_is_gone(tmp_path: Path, status: str) -> None:
    found = read([put(tmp_path, service(status=status))])
    assert found.removed == {"s1"}
    assert not found.services


def test_a_service_without_a_name_is_a_fault_and_the_others_are_read(tmp_path: Path) -> None:
    found = read([put(tmp_path, {"contents": [service(name=""), service(id="s2")]})])
    assert list(found.services) == ["s2"]
    assert [str(each) for each in found.faults] == ["s1: The service has no name or no organisation; give it both."]


def test_a_point_in_finland_is_told_in_metres_and_one_elsewhere_is_not(tmp_path: Path) -> None:
    for latitude, longitude, known in ((62.2426, 25.7473, True), (40.0, -75.0, False)):
        where = {"id": "l1", "name": "Talo", "latitude": latitude, "longitude": longitude}
        where["addresses"] = [{"address_1": "Katu 1", "city": "Jyväskylä", "address_type": "physical"}]
        found = read([put(tmp_path, service(service_at_locations=[{"id": "a", "location": where}]))])
        place = found.channels["s1.l1"].places[0]
        assert (place.east is not None) is known
        assert place.street == {"en": "Katu 1"}


@pytest.mark.parametrize("rubbish", [None, 5, "x", [], {}, [None], [[]], [{"a": 3}]])
def test_no_member_can_break_the_reading(tmp_path: Path, rubbish: Any) -> None:
    for name in ("phones", "schedules", "service_at_locations", "organization", "languages", "minimum_age", "url"):
        read([put(tmp_path, service(**{name: rubbish}))])
