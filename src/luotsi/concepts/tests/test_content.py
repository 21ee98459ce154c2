"""What the concepts and code lists that come along promise: labels, privacy, places that are never shown."""

import re
from itertools import pairwise

import pytest

from luotsi.concepts.expressions import parse
from luotsi.concepts.reading import read_county
from luotsi.concepts.shipped import shipped

COUNTY, FAULTS = read_county(shipped())
CONCEPTS = COUNTY.concepts
ASKED = {
    *("person", "residence", "professional", "unit", "organisation", "service", "service_package", "contact"),
    *("needs_assessment", "queue_entry", "referral", "stay", "bed_day", "diagnosis", "measurement", "medication"),
    *("procedure", "vaccination", "assessment", "care_plan", "calendar_slot", "social_decision", "service_period"),
    *("cost_object", "ledger_entry", "unit_cost", "staff_member", "shift", "absence", "feedback", "population", "area"),
}


def test_every_concept_that_was_asked_for_is_there() -> None:
    assert set(CONCEPTS) >= ASKED


@pytest.mark.parametrize("name", ["person", "professional", "staff_member"])
def test_the_ids_of_people_are_identifying(name) -> None:
    concept = CONCEPTS[name]
    assert {concept.attributes[each].privacy for each in concept.key} == {"identifying"}


@pytest.mark.parametrize("name", sorted(name for name, each in CONCEPTS.items() if "person" in each.attributes))
def test_no_place_of_residence_is_shown_of_a_person_with_non_disclosure(name) -> None:
    expression = CONCEPTS[name].dimensions.get("municipality")
    if expression is None:
        pytest.skip(f"{name} has no dimension municipality")
    assert expression.startswith("CASE WHEN person.security_block THEN NULL")


@pytest.mark.parametrize("name", sorted(CONCEPTS))
def test_the_words_of_a_concept_are_whole(name) -> None:
    concept = CONCEPTS[name]
    groups = [concept.attributes, *(many.attributes for many in concept.many.values())]
    for attributes in groups:
        for attribute, each in attributes.items():
            assert each.definition.endswith("."), f"{name}.{attribute}: {each.definition}"
            assert each.standard.strip()


@pytest.mark.parametrize("name", sorted(COUNTY.codes))
def test_a_code_list_says_where_it_is_from(name) -> None:
    record = COUNTY.codes[name].record
    assert record.version
    assert record.source
    assert record.licence


@pytest.mark.parametrize(
    ("concept", "dimension", "attribute", "column"),
    [
        ("contact", "service_package", "service_form", "service_package"),
        ("appointment", "service_package", "service_form", "service_package"),
        ("contact", "channel", "contact_type", "channel"),
    ],
)
def test_a_grouping_of_codes_follows_the_column_of_its_list(concept, dimension, attribute, column) -> None:
    written = CONCEPTS[concept].dimensions[dimension]
    parse(written)
    listed = {code: cells[column] for code, cells in COUNTY.codes[attribute].rows.items() if cells[column]}
    grouped: dict[str, str] = {}
    for codes, single, group in re.findall(rf"WHEN {attribute} (?:IN \((.*?)\)|= ('\w+')) THEN '(\w+)'", written):
        grouped |= dict.fromkeys(re.findall(r"'(\w+)'", codes or single), group)
    assert grouped == listed


def test_the_bands_of_age_are_without_gaps_and_the_last_is_open() -> None:
    bands = [(int(each["lower"]), each["upper"]) for each in COUNTY.codes["age_group"].rows.values()]
    assert bands[0][0] == 0
    assert all(int(upper) + 1 == below[0] for (_, upper), below in pairwise(bands))
    assert bands[-1][1] == ""


def test_municipality_codes_have_three_digits_and_know_their_county() -> None:
    rows = COUNTY.codes["municipality"].rows
    assert all(re.fullmatch(r"\d{3}", code) for code in rows)
    central = [code for code, cells in rows.items() if cells["wellbeing_county"] == "15" and not cells["valid_to"]]
    assert len(central) == 22
    counties = COUNTY.codes["wellbeing_county"].rows
    assert {cells["wellbeing_county"] for cells in rows.values()} - {""} == set(counties)
    assert {"291", "911", "198", "199", "200"} <= set(rows)


def test_a_test_of_measurement_is_plausible_between_its_limits() -> None:
    for code, cells in COUNTY.codes["test"].rows.items():
        if cells["low"] and cells["high"]:
            assert float(cells["low"]) < float(cells["high"]), code


def test_no_laboratory_code_stands_for_two_tests() -> None:
    for column in ("kuntaliitto", "loinc"):
        codes = [code for cells in COUNTY.codes["test"].rows.values() for code in cells[column].split()]
        assert len(codes) == len(set(codes))
