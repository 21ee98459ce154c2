"""Which columns land open, as pseudonyms, or in the encrypted store only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from luotsi.concepts.privacy import LandingColumns, landing_columns
from luotsi.jobs.tests.fabricated import PERSON, SOURCE, county


def columns(root: Path, table: str, **changes: Any) -> LandingColumns:
    tables = {**SOURCE["tables"], table: {**SOURCE["tables"][table], **changes}}
    return landing_columns(county(root, tables=tables), "clinic", table)


def test_keys_references_and_same_as_are_identifiers_and_expressions_hide_all_their_columns(tmp_path: Path) -> None:
    found = columns(tmp_path, "persons")
    assert found.identifiers == {"LOCAL": "$instance", "HETU": "hetu"}
    assert found.identifying == {"NAME", "STREET", "NUMBER"}
    assert (found.kept, found.conflicts) == ({"BORN"}, ())
    assert columns(tmp_path, "contacts").identifiers == {"PATIENT": "hetu"}


def test_free_text_and_columns_without_use_are_watched_for_codes(tmp_path: Path) -> None:
    wanted = {"ID": {}, "PATIENT": {}, "NOTE": {}, "UNUSED": {}}
    assert columns(tmp_path, "contacts", columns=wanted).texts == {"NOTE", "UNUSED"}


def test_columns_turned_into_rows_are_kept(tmp_path: Path) -> None:
    found = columns(tmp_path, "contacts", unpivot={"columns": "Item_.*", "name": "item", "value": "answer"})
    assert found.of_unpivot("Item_1")
    assert not found.of_unpivot("MyItem_1")


def test_a_column_that_is_an_identifier_of_two_systems_is_a_conflict(tmp_path: Path) -> None:
    twice = {**PERSON, "key": {"person_id": {"value": "LOCAL", "system": "other"}}}
    assert "two systems: $instance, other" in columns(tmp_path, "persons", into=[twice]).conflicts[0]


def test_an_identifier_made_by_an_expression_is_a_conflict_and_its_columns_do_not_land(tmp_path: Path) -> None:
    made = {**PERSON, "key": {"person_id": {"value": "upper(LOCAL)"}}, "same_as": []}
    found = columns(tmp_path, "persons", into=[made])
    assert "must be a column as it is" in found.conflicts[0]
    assert "LOCAL" in found.identifying
