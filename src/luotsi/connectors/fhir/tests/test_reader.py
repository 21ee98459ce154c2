"""Reading FHIR files as tables: bulk NDJSON, bundles, references, and what is wrong with a file."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import read_record
from luotsi.concepts.records import Column, Label, Source, Table
from luotsi.connectors.database import connect
from luotsi.connectors.fhir import read
from luotsi.connectors.fhir.views import DEEPEST
from luotsi.connectors.reading import Reading

ROOT = Path(__file__).parents[5]
SHARED = ROOT.parent / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not beside the repository")


def _source(**tables: dict[str, Any]) -> Source:
    return Source(
        source="hospital",
        label=Label(fi="x", sv="x", en="x"),
        definition="x",
        owner="x",
        connector="fhir",
        tables={
            name: Table(
                files=("*",),
                resource=table["resource"],
                each=table.get("each"),
                columns={column: Column(path=path) for column, path in table["columns"].items()},
            )
            for name, table in tables.items()
        },
    )


PATIENTS = _source(patient={"resource": "Patient", "columns": {"id": "id", "family": "name[0].family"}})


def _shipped() -> Source:
    source, _, faults = read_record(ROOT / "county" / "sources" / "fhir.yaml", Source)
    assert source is not None, faults
    return source


def _rows(reading: Reading) -> list[tuple[Any, ...]]:
    return duckdb.sql(reading.select).fetchall()


def _named(reading: Reading) -> list[dict[str, Any]]:
    names = list(duckdb.sql(reading.select).columns)
    return [dict(zip(names, row, strict=True)) for row in _rows(reading)]


def _rejects(reading: Reading) -> list[tuple[int, str]]:
    return [(each.line, each.reason) for each in reading.rejects(connect())]


def _write(path: Path, *lines: object) -> Path:
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), "utf-8")
    return path


def _patient(key: str, **more: object) -> dict[str, object]:
    return {"resourceType": "Patient", "id": key, **more}


def test_a_sound_file_of_one_type_is_left_to_the_lake_to_number(tmp_path: Path) -> None:
    path = _write(tmp_path / "Patient.ndjson", _patient("a", name=[{"family": "Ääri"}]), _patient("b"))
    (reading,) = read(PATIENTS, path)
    assert (reading.table, reading.first_line, reading.columns) == ("patient", 1, ("id", "family"))
    assert _rows(reading) == [("a", "Ääri"), ("b", None)]
    assert _rejects(reading) == []


def test_a_broken_line_is_rejected_with_its_number_and_the_others_keep_theirs(tmp_path: Path) -> None:
    broken = '{"resourceType": "Patient", "id": "b", "na'
    path = _write(tmp_path / "Patient.ndjson", _patient("a"), broken, "", _patient("c"), {"id": "d"})
    (reading,) = read(PATIENTS, path)
    assert _rows(reading) == [(1, "a", None), (4, "c", None)]
    assert _rejects(reading) == [
        (2, "this is not whole JSON"),
        (5, "this is JSON but no FHIR resource: it has no resourceType"),
    ]
    assert next(each.raw for each in reading.rejects(connect())) == broken


def test_two_documents_on_one_line_are_rejected_and_not_halved(tmp_path: Path) -> None:
    path = _write(tmp_path / "p.ndjson", _patient("a"), json.dumps(_patient("b")) + json.dumps(_patient("c")))
    (reading,) = read(PATIENTS, path)
    assert [row[1] for row in _rows(reading)] == ["a"]
    assert _rejects(reading) == [(2, "this is not whole JSON")]


def test_a_file_of_several_types_gives_each_its_own_table_and_says_what_it_left_out(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "all.ndjson",
        {"resourceType": "Claim", "id": "x"},
        _patient("a"),
        {"resourceType": "Organization", "id": "o"},
    )
    source = _source(
        patient={"resource": "Patient", "columns": {"id": "id"}},
        organization={"resource": "Organization", "columns": {"id": "id"}},
        slot={"resource": "Slot", "columns": {"id": "id"}},
    )
    readings = read(source, path)
    assert [(each.table, _rows(each)) for each in readings] == [("patient", [(2, "a")]), ("organization", [(3, "o")])]
    assert readings[0].notes == ("1 resources of type Claim were left out: hospital has no table for them",)
    assert readings[1].notes == ()


@pytest.mark.parametrize("kind", ["transaction", "collection", "searchset"])
def test_a_bundle_gives_its_resources_and_those_of_bundles_within(tmp_path: Path, kind: str) -> None:
    inner = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": _patient("b")}]}
    bundle = {"resourceType": "Bundle", "type": kind, "entry": [{"resource": _patient("a")}, {"resource": inner}]}
    path = tmp_path / "bundle.json.gz"
    path.write_bytes(gzip.compress(json.dumps(bundle, indent=2).encode()))
    (reading,) = read(PATIENTS, path)
    assert sorted(row[1] for row in _rows(reading)) == ["a", "b"]
    assert sorted(row[0] for row in _rows(reading)) == [1, 2]


def test_a_resource_without_an_id_takes_that_of_its_entry_so_that_references_meet_it(tmp_path: Path) -> None:
    entries = [
        {"fullUrl": "urn:uuid:11aa", "resource": {"resourceType": "Patient"}},
        {"fullUrl": "urn:uuid:22bb", "resource": {"resourceType": "Slot", "schedule": {"reference": "urn:uuid:11aa"}}},
    ]
    path = _write(tmp_path / "b.json", {"resourceType": "Bundle", "entry": entries})
    source = _source(
        patient={"resource": "Patient", "columns": {"key": "getResourceKey()"}},
        slot={"resource": "Slot", "columns": {"key": "id", "refers": "schedule.getReferenceKey()"}},
    )
    assert [[row[1:] for row in _rows(each)] for each in read(source, path)] == [[("11aa",)], [("22bb", "11aa")]]


@pytest.mark.parametrize(
    "reference",
    ["urn:uuid:a-1", "Patient/a-1", "https://fhir.example.fi/r4/Patient/a-1", "Patient/a-1/_history/7", "urn:oid:a-1"],
)
def test_every_way_to_write_a_reference_gives_the_id(tmp_path: Path, reference: str) -> None:
    path = _write(tmp_path / "e.ndjson", {"resourceType": "Encounter", "subject": {"reference": reference}})
    for way in ("subject.getReferenceKey()", "subject.where(true).getReferenceKey()"):
        source = _source(encounter={"resource": "Encounter", "columns": {"patient": way}})
        assert _rows(read(source, path)[0]) == [("a-1",)]


def test_a_table_may_loop_over_elements_and_still_speak_of_the_resource(tmp_path: Path) -> None:
    parts = [{"code": "s", "value": 120}, {"code": "d", "value": 80.5}]
    path = _write(
        tmp_path / "o.ndjson",
        {"resourceType": "Observation", "id": "1", "component": parts},
        {"resourceType": "Observation", "id": "2"},
    )
    columns = {"id": "%resource.id", "part": "%rowIndex", "code": "code", "value": "value"}
    source = _source(part={"resource": "Observation", "each": "component", "columns": columns})
    assert _rows(read(source, path)[0]) == [("1", "0", "s", "120"), ("1", "1", "d", "80.5")]


def test_a_table_that_loops_over_nothing_in_the_file_gives_no_reading(tmp_path: Path) -> None:
    path = _write(tmp_path / "o.ndjson", {"resourceType": "Observation", "id": "1"})
    source = _source(
        observation={"resource": "Observation", "columns": {"id": "id"}},
        part={"resource": "Observation", "each": "component", "columns": {"id": "%resource.id"}},
    )
    assert [each.table for each in read(source, path)] == ["observation"]


def test_a_document_shaped_otherwise_than_the_path_says_loses_no_value(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "o.ndjson",
        {"resourceType": "Observation", "code": {"coding": [{"code": "x"}]}, "note": "[sic]"},
        {"resourceType": "Observation", "code": {"coding": {"code": "y"}}},
        {"resourceType": "Observation", "code": [{"coding": [{"code": "z"}]}]},
        {"resourceType": "Observation", "note": ["n", "m"], "name": {"text": "w"}, "meta": {"profile": "u"}},
        {"resourceType": "Observation", "name": [{"text": "v"}], "code": {"coding": []}},
    )
    columns = {"code": "code.coding[0].code", "note": "note", "name": "name[0].text", "profile": "meta.profile[0]"}
    rows = _rows(read(_source(o={"resource": "Observation", "columns": columns}), path)[0])
    assert [row[0] for row in rows] == ["x", "y", "z", None, None]
    assert [row[1] for row in rows] == ["[sic]", None, None, '["n","m"]', None]
    assert [row[2:] for row in rows] == [(None, None), (None, None), (None, None), ("w", "u"), ("v", None)]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("e.ndjson", b"", "is empty"),
        ("e.json", b"", "is empty"),
        ("n.ndjson", b'{"a": 1}\n{"b": 2}\n', "is not FHIR"),
        ("n.json", b'{"a": 1}', "is not FHIR"),
        ("c.json", b'{"resourceType": "Patient", "id": ', "is not whole JSON"),
        ("l.ndjson", b'{"resourceType": "Patient", "id": "\xe4"}\n', "is not UTF-8"),
        ("z.ndjson.gz", gzip.compress(b'{"resourceType": "Patient", "id": "a"}\n' * 9000)[:-30], "cut short"),
        ("x.ndjson", b'{"resourceType": "Claim"}\n', "maps none of them"),
        ("csv.ndjson", b"a;b;c\n1;2;3\n", "is not FHIR"),
    ],
)
def test_a_file_at_fault_as_a_whole_is_refused_in_a_sentence(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UserError) as refused:
        read(PATIENTS, path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no file"):
        read(PATIENTS, tmp_path / "gone.ndjson")


@needs_shared
@pytest.mark.parametrize(
    ("name", "table", "count"),
    [("Encounter", "encounter", 8900), ("Observation", "observation", 42568), ("Patient", "patient", 300)],
)
def test_every_resource_of_the_shared_bulk_files_becomes_one_row(name: str, table: str, count: int) -> None:
    readings = {each.table: each for each in read(_shipped(), SHARED / "synthea-fhir-r4/ndjson" / f"{name}.ndjson.gz")}
    rows = duckdb.sql(readings[table].select)
    assert rows.aggregate("count(*), count(DISTINCT #1), count(#1)").fetchall() == [(count, count, count)]


@needs_shared
def test_blood_pressure_components_are_rows_of_their_observation() -> None:
    readings = {each.table: each for each in read(_shipped(), SHARED / "synthea-fhir-r4/ndjson/Observation.ndjson.gz")}
    counted = duckdb.sql(f"SELECT code, count(*) FROM ({readings['observation_component'].select}) GROUP BY 1")
    assert dict(counted.fetchall())["8480-6"] == 2621


@needs_shared
def test_a_transaction_bundle_gives_the_same_rows_as_the_bulk_files() -> None:
    bundle = next((SHARED / "synthea-fhir-r4/bundles").glob("Abdul_Koepp*"))
    readings = {each.table: each for each in read(_shipped(), bundle)}
    patient = _named(readings["patient"])[0]
    bulk = read(_shipped(), SHARED / "synthea-fhir-r4/ndjson/Encounter.ndjson.gz")[0]
    theirs = duckdb.sql(bulk.select).filter(f"patient = '{patient['patient_id']}'").fetchall()
    assert sorted(row[1:] for row in _rows(readings["encounter"])) == sorted(theirs)
    assert len(theirs) == 16


@needs_shared
def test_every_finnish_example_is_read_or_refused_in_a_sentence() -> None:
    read_types: set[str] = set()
    refused: list[str] = []
    shipped = _shipped()
    for path in sorted((SHARED / "fhir-fi-examples").rglob("*.json*")):
        try:
            for reading in read(shipped, path):
                assert duckdb.sql(reading.select).fetchall()
                read_types.add(reading.table)
        except UserError as error:
            refused.append(str(error))
    assert all("maps none of them" in each for each in refused)
    assert {"patient", "observation", "medication_request", "practitioner", "practitioner_role"} <= read_types
    assert {"organization", "appointment", "appointment_by_hetu", "medication_administration"} <= read_types


@needs_shared
def test_a_finnish_patient_is_known_by_personal_identity_code_too() -> None:
    path = SHARED / "fhir-fi-examples/base-profiles/json/patientesim1.json"
    patient = _named(read(_shipped(), path)[0])[0]
    assert (patient["patient_id"], patient["hetu"]) == ("patientesim1", "250810A999Y")
    assert patient["name"] == "Karen Erika van der Hentenryck"


def test_answers_of_a_questionnaire_are_rows_at_every_depth_and_free_text_is_not_kept(tmp_path: Path) -> None:
    response = {
        "resourceType": "QuestionnaireResponse",
        "id": "r1",
        "status": "completed",
        "questionnaire": "http://loinc.org/q/44249-1",
        "subject": {"reference": "Patient/p1"},
        "authored": "2024-02-05T09:00:00+02:00",
        "item": [
            {"linkId": "group", "item": [{"linkId": "/44250-9", "answer": [{"valueCoding": {"code": "LA6569-3"}}]}]},
            {
                "linkId": "sum",
                "answer": [{"valueDecimal": 7, "item": [{"linkId": "below", "answer": [{"valueBoolean": True}]}]}],
            },
            {"linkId": "several", "answer": [{"valueCoding": {"code": "a"}}, {"valueCoding": {"code": "b"}}]},
            {"linkId": "words", "answer": [{"valueString": "my neighbour's name"}]},
        ],
    }
    path = tmp_path / "QuestionnaireResponse.ndjson"
    path.write_text(json.dumps(response) + "\n", "utf-8")
    readings = {each.table: each for each in read(_shipped(), path)}
    [head] = _named(readings["questionnaire_response"])
    assert (head["response_id"], head["patient"], head["status"]) == ("r1", "p1", "completed")
    rows = _named(readings["questionnaire_answer"])
    said = {
        row["variable"]: {k: v for k, v in row.items() if v and k not in ("variable", "response_id")} for row in rows
    }
    assert said == {
        "group": {},
        "/44250-9": {"code": "LA6569-3"},
        "sum": {"decimal": "7"},
        "below": {"truth": "true"},
        "several": {"code": "a b"},
        "words": {},
    }
    assert {row["response_id"] for row in rows} == {"r1"}


def test_items_within_items_are_told_in_the_order_of_the_document_as_deep_as_is_followed(tmp_path: Path) -> None:
    table = {"resource": "QuestionnaireResponse", "each": "repeat(item | answer.item)", "columns": {"id": "linkId"}}

    def answered(levels: int) -> list[tuple[Any, ...]]:
        below: list[Any] = []
        for level in range(levels, 0, -1):
            below = [{"linkId": f"{level}", "item": below}, {"linkId": f"{level} beside"}]
        line = {"resourceType": "QuestionnaireResponse", "id": "a", "item": below}
        return _rows(read(_source(answer=table), _write(tmp_path / f"{levels}.ndjson", line))[0])

    down, up = range(1, DEEPEST + 1), range(DEEPEST, 0, -1)
    assert answered(DEEPEST) == [*((f"{each}",) for each in down), *((f"{each} beside",) for each in up)]
    with pytest.raises(duckdb.InvalidInputException, match="nests deeper than 12 levels"):
        answered(DEEPEST + 1)
