"""Answers of PTV's open interface: every file of the samples, what is missing, what is broken, hours, places."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from luotsi.connectors.entries import Delivery, Hours, to_degrees, to_plane
from luotsi.connectors.ptv import read
from luotsi.connectors.ptv.hours import hours

SAMPLES = Path(__file__).parents[6] / "shared" / "data" / "ptv-api-v8"


def service(**more: Any) -> dict[str, Any]:
    said = {
        "id": "s1",
        "serviceNames": [{"language": "fi", "value": "Kerho", "type": "Name"}],
        "organizations": [{"organization": {"id": "o1", "name": "Seura"}, "roleType": "Responsible"}],
        "publishingStatus": "Published",
    }
    return {**said, **more}


def given(folder: Path, *said: Any) -> Delivery:
    for place, each in enumerate(said):
        (folder / f"{place}.json").write_text(each if isinstance(each, str) else json.dumps(each), "utf-8")
    return read([folder])


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples of PTV are not here")
def test_every_entry_of_the_samples_is_read() -> None:
    found = read([SAMPLES])
    assert (len(found.organisations), len(found.services), len(found.channels)) == (3, 30, 41)
    assert all(each.sentence.startswith("The file holds no service") for each in found.faults)
    assert {each.kind for each in found.channels.values()} == {"place", "phone", "online", "website", "form"}
    school = found.channels["13992280-9c95-4ede-af13-33ad2acde746"]
    assert (school.places[0].east, school.places[0].north, school.places[0].municipality) == (224930, 7001836, "905")
    boundary = found.services["0739289c-cc26-4097-b029-fa9c58c8d4e9"]
    assert (boundary.name, boundary.fee, boundary.nationwide) == (
        {"fi": "Rajankäynti asemakaava-alueella"},
        "charged",
        False,
    )
    assert (boundary.municipalities, boundary.classes) == (("529",), ("P2.3",))
    assert "rågång" in boundary.keywords["sv"]


def test_an_entry_without_a_name_or_an_organisation_is_a_fault_that_says_what_to_do(tmp_path: Path) -> None:
    found = given(tmp_path, [service(serviceNames=[]), service(id="s2", organizations=None), service(id="s3")])
    assert list(found.services) == ["s3"]
    assert [str(each) for each in found.faults] == [
        "s1: It has no name in any language; give it one in PTV.",
        "s2: It names no organisation that is responsible for it; name one in PTV.",
    ]


def test_a_broken_file_is_a_fault_and_the_others_are_read(tmp_path: Path) -> None:
    found = given(tmp_path, '{"id": "s0", "serviceNames": [', service(), "[1, 2]", '"only words"')
    assert list(found.services) == ["s1"]
    assert len(found.faults) == 4
    assert "is not JSON" in found.faults[0].sentence


def test_a_page_of_version_11_is_read_like_a_list(tmp_path: Path) -> None:
    found = given(tmp_path, {"pageNumber": 1, "pageCount": 1, "itemList": [service(), service(id="s2")]})
    assert set(found.services) == {"s1", "s2"}
    assert not found.organisations["o1"].known


def test_a_general_description_completes_the_services_that_refer_to_it(tmp_path: Path) -> None:
    said = {
        "id": "g1",
        "names": [{"language": "fi", "value": "Kerhotoiminta", "type": "Name"}],
        "descriptions": [
            {"language": "fi", "value": "Kerhot ovat kaikille.", "type": "Description"},
            {"language": "fi", "value": "Kerho lähellä.", "type": "Summary"},
            {"language": "sv", "value": "Klubbar för alla.", "type": "Description"},
        ],
        "lifeEvents": [{"code": "KE10"}],
    }
    told = [{"language": "fi", "value": "Tule mukaan.", "type": "Description"}]
    found = given(
        tmp_path,
        said,
        service(generalDescriptionId="g1", serviceDescriptions=told),
        service(id="s2", generalDescriptionId="g9"),
        service(
            id="s3", generalDescriptionId="g1", serviceDescriptions=[{**told[0], "value": "Kerhot ovat kaikille."}]
        ),
    )
    own = found.services["s1"]
    assert own.description == {"fi": "Tule mukaan.\n\nKerhot ovat kaikille."}
    assert (own.summary, own.life_events) == ({"fi": "Kerho lähellä."}, ("KE10",))
    assert found.services["s2"].description == {}
    assert found.services["s3"].description == {"fi": "Kerhot ovat kaikille."}
    assert not found.faults


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples of PTV are not here")
def test_the_catalogues_file_of_general_descriptions_completes_the_samples() -> None:
    alone = read([SAMPLES / "services"])
    found = read(
        [SAMPLES / "services", SAMPLES.parent / "ptv-reference" / "general_descriptions_pohjakuvaukset.json.gz"]
    )
    assert not found.faults
    longer = [
        entry
        for entry, each in found.services.items()
        if len(each.description.get("fi", "")) > len(alone.services[entry].description.get("fi", ""))
    ]
    assert len(longer) >= 9
    assert "{" not in "".join(found.services[entry].description["fi"] for entry in longer)


@pytest.mark.parametrize("status", ["Deleted", "Removed", "Archived", "OldPublished", "Draft"])
def test_an_entry_that_is_not_published_is_gone(tmp_path: Path, status: str) -> None:
    found = given(tmp_path, service(publishingStatus=status))
    assert found.removed == {"s1"}
    assert not found.services
    assert not found.faults


@pytest.mark.parametrize("rubbish", [None, 5, "x", [], {}, [None], [[]], [{"value": 3}], {"a": 1}])
def test_no_member_of_an_entry_can_break_the_reading(tmp_path: Path, rubbish: Any) -> None:
    members = (
        json.loads((SAMPLES / "services").glob("*.json").__next__().read_text()) if SAMPLES.exists() else service()
    )
    for place, name in enumerate(each for each in members if each not in ("id", "publishingStatus")):
        (tmp_path / f"{place}.json").write_text(json.dumps({**service(), name: rubbish}), "utf-8")
    found = read([tmp_path])
    assert set(found.services) <= {"s1"}


def test_hours_of_days_and_of_ranges_of_days_become_rows_of_a_weekday() -> None:
    times = [{"dayFrom": "Monday", "dayTo": "Wednesday", "from": "08:00:00", "to": "16:15:00"}]
    found = hours([{"serviceHourType": "DaysOfTheWeek", "openingHour": times}])
    assert found == tuple(Hours(day, 480, 975) for day in (1, 2, 3))


def test_hours_past_midnight_go_on_the_next_day() -> None:
    times = [{"dayFrom": "Sunday", "dayTo": "Monday", "from": "22:00", "to": "06:00"}]
    found = hours([{"serviceHourType": "OverMidnight", "openingHour": times}])
    assert found == (Hours(7, 1320, 1440), Hours(1, 0, 360))


def test_an_exception_of_one_day_closes_that_day_by_the_clocks_of_finland() -> None:
    said = {"serviceHourType": "Exceptional", "isClosed": True, "validFrom": "2026-12-05T22:00:00Z", "openingHour": []}
    day = datetime.date(2026, 12, 6)
    assert hours([said]) == (Hours(None, None, None, day, day),)


def test_hours_without_times_are_always_open_unless_the_interface_says_otherwise() -> None:
    assert len(hours([{"serviceHourType": "DaysOfTheWeek", "openingHour": []}])) == 7
    assert not hours([{"serviceHourType": "DaysOfTheWeek", "openingHour": [], "isAlwaysOpen": False}])


def test_degrees_and_metres_turn_into_each_other() -> None:
    # On the middle meridian 60 degrees north is 6,654,072.8 m of meridian on GRS 80, times the scale of 0.9996.
    assert to_plane(60, 27) == (500_000, 6_651_411)
    for latitude, longitude in ((59.8, 20.0), (62.24, 25.75), (69.9, 27.0), (62.6, 31.5)):
        assert to_degrees(*to_plane(latitude, longitude)) == pytest.approx((latitude, longitude), abs=2e-5)
