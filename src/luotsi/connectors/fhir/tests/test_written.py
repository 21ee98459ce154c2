"""Views written over files: the typed reading gives what the view means, and gives way where it cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from luotsi.concepts.errors import UserError
from luotsi.connectors.fhir import views, written

SUITE = Path(__file__).parents[6] / "shared" / "data" / "sql-on-fhir-tests"
CODES = {
    "resource": "Observation",
    "select": [
        {
            "column": [
                {"name": "id", "path": "getResourceKey()"},
                {"name": "person", "path": "subject.getReferenceKey()"},
            ]
        },
        {"forEach": "code.coding", "column": [{"name": "code", "path": "code"}]},
    ],
}


def _file(path: Path, *resources: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in resources), "utf-8")
    return path


def _observation(number: int, **members: object) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": f"o{number}", "subject": {"reference": "Patient/p1"}, **members}


def _rows(query: str) -> list[str]:
    with duckdb.connect() as con:
        return sorted(map(repr, con.execute(query).fetchall()))


def _written(view: dict[str, Any], path: Path) -> list[str]:
    target = path.with_suffix(".parquet")
    written.write(view, path, target)
    return _rows(f"FROM read_parquet('{target}')")


def _typed(view: dict[str, Any], path: Path) -> list[str] | None:
    """The rows of the typed reading alone; None where the view is not plain or the reading stops."""
    query = written.plain(view, path)
    try:
        return None if query is None else _rows(query)
    except duckdb.Error:
        return None


@pytest.mark.skipif(not SUITE.is_dir(), reason="the public suite is not beside the repository (../shared/data)")
def test_a_typed_reading_gives_the_rows_of_every_view_of_the_public_suite_that_it_takes(tmp_path: Path) -> None:
    taken = 0
    for file in sorted(SUITE.glob("*.json")):
        suite = json.loads(file.read_text("utf-8"))
        for test in suite["tests"]:
            kind = test["view"].get("resource")
            held = [{"resourceType": kind, **each} for each in suite["resources"] if each["resourceType"] == kind]
            path = _file(tmp_path / "held.ndjson", *held)
            try:
                rows = _typed(test["view"], path)
            except UserError:
                assert test.get("expectError"), test["title"]
                continue
            if rows is not None:
                taken += 1
                source = f"(SELECT json AS resource FROM read_ndjson_objects('{path}'))"
                assert rows == _rows(views.select(test["view"], source)), test["title"]
    assert taken >= 20


def test_a_view_with_a_loop_is_one_typed_reading(tmp_path: Path) -> None:
    path = _file(
        tmp_path / "o.ndjson",
        _observation(1, code={"coding": [{"code": "a"}, {"code": "b"}]}),
        _observation(2, code={"text": "no coding"}),
    )
    assert _typed(CODES, path) == _written(CODES, path) == ["('o1', 'p1', 'a')", "('o1', 'p1', 'b')"]


def test_elements_that_are_null_are_no_rows_and_are_not_counted(tmp_path: Path) -> None:
    view = {"resource": "Patient", "select": [{"forEach": "name", "column": [{"name": "g", "path": "given[0]"}]}]}
    path = _file(tmp_path / "p.ndjson", {"resourceType": "Patient", "name": [None, {"given": [None, "Aino"]}]})
    assert _typed(view, path) == _written(view, path) == ["('Aino',)"]


def test_a_document_shaped_otherwise_is_read_with_the_full_meaning(tmp_path: Path) -> None:
    path = _file(tmp_path / "o.ndjson", _observation(1, code={"coding": {"code": "a"}}))
    assert _typed(CODES, path) is None
    assert _written(CODES, path) == ["('o1', 'p1', 'a')"]


def test_a_condition_that_asks_whether_something_is_there_is_part_of_the_typed_reading(tmp_path: Path) -> None:
    view = CODES | {"where": [{"path": "code.coding.where(system = 'loinc').exists()"}]}
    path = _file(
        tmp_path / "o.ndjson",
        _observation(1, code={"coding": [{"system": "loinc", "code": "a"}]}),
        _observation(2, code={"coding": [{"system": "own", "code": "b"}]}),
    )
    assert _typed(view, path) == _written(view, path) == ["('o1', 'p1', 'a')"]


def test_a_column_has_the_type_that_the_view_says(tmp_path: Path) -> None:
    value = {"name": "value", "path": "value.ofType(Quantity).value", "type": "decimal"}
    view = {"resource": "Observation", "select": [{"column": [value]}]}
    path = _file(tmp_path / "o.ndjson", _observation(1, valueQuantity={"value": 1.5}), _observation(2))
    assert _typed(view, path) == _written(view, path) == ["(1.5,)", "(None,)"]


def test_lines_of_other_resources_are_passed_over(tmp_path: Path) -> None:
    one = _observation(1, code={"coding": [{"code": "a"}]})
    status = {"resource": "Observation", "select": [{"column": [{"name": "id", "path": "id"}]}]}
    path = _file(tmp_path / "m.ndjson", one, {"resourceType": "Patient", "id": "p1"}, {"id": "nothing"})
    assert _typed(CODES, path) == _written(CODES, path) == ["('o1', 'p1', 'a')"]
    assert _typed(status, path) == _written(status, path) == ["('o1',)"]


@pytest.mark.parametrize("first", [{"resourceType": "Patient"}, {"id": "o0", "resourceType": "Observation"}])
def test_a_file_that_begins_otherwise_is_read_with_the_full_meaning(tmp_path: Path, first: dict[str, Any]) -> None:
    path = _file(tmp_path / "m.ndjson", first, _observation(1, code={"coding": [{"code": "a"}]}))
    assert _typed(CODES, path) is None
    assert _written(CODES, path) == ["('o1', 'p1', 'a')"]


def test_resources_in_a_bundle_are_found_wherever_it_stands(tmp_path: Path) -> None:
    inside = _observation(2, code={"coding": [{"code": "b"}]})
    bundle = {"resourceType": "Bundle", "entry": [{"resource": inside}]}
    path = _file(tmp_path / "b.ndjson", _observation(1, code={"coding": [{"code": "a"}]}), bundle)
    assert _typed(CODES, path) is None
    assert _written(CODES, path) == ["('o1', 'p1', 'a')", "('o2', 'p1', 'b')"]


@pytest.mark.parametrize("end", ["{", '{"resourceType": "Observation"}{}', "[]"])
def test_a_file_with_a_broken_line_is_read_with_the_full_meaning(tmp_path: Path, end: str) -> None:
    path = _file(tmp_path / "o.ndjson", _observation(1, code={"coding": [{"code": "a"}]}))
    path.write_text(path.read_text("utf-8") + end + "\n", "utf-8")
    assert _typed(CODES, path) is None
    assert _written(CODES, path) == ["('o1', 'p1', 'a')"]


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is empty"):
        _written(CODES, _file(tmp_path / "o.ndjson"))


def test_several_values_where_one_is_wanted_stop_the_view(tmp_path: Path) -> None:
    view = {"resource": "Patient", "select": [{"column": [{"name": "family", "path": "name.family"}]}]}
    path = _file(tmp_path / "p.ndjson", {"resourceType": "Patient", "name": [{"family": "A"}, {"family": "B"}]})
    with pytest.raises(duckdb.Error, match="family found several values"):
        _written(view, path)
