"""What a path gives, asked of a document by itself."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest

from luotsi.connectors.fhir.columns import walk
from luotsi.connectors.fhir.compiler import Scope, compiled, many
from luotsi.connectors.fhir.paths import PathError, parse

DOCUMENT = {
    "resourceType": "Observation",
    "id": "o1",
    "code": {"coding": [{"system": "a", "code": "1"}, {"system": "b", "code": "2"}], "text": "it's"},
    "valueQuantity": {"value": 7.5, "unit": "mmol/l"},
    "note": [{"text": "x"}, {"text": "y"}],
    "active": True,
    "count": 3,
}


def _given(path: str) -> list[Any]:
    sql = many(compiled(parse(path), Scope("document", "document")))
    con = duckdb.connect()
    con.execute("CREATE TABLE t AS SELECT ?::JSON AS document", [json.dumps(DOCUMENT)])
    ((found,),) = con.execute(f"SELECT {sql} FROM t").fetchall()
    return [json.loads(each) for each in found]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("id", ["o1"]),
        ("code.coding.code", ["1", "2"]),
        ("code.coding.where(system = 'b').code", ["2"]),
        ("code.coding.where(system = 'b' and code != '2').code", []),
        ("code.coding.last().code", ["2"]),
        ("code.coding.count()", [2]),
        ("note.text.join('-')", ["x-y"]),
        ("code.text & '!'", ["it's!"]),
        ("code.text = 'it\\'s'", [True]),
        ("value.unit", ["mmol/l"]),
        ("value.exists()", [True]),
        ("value.ofType(string).exists()", [False]),
        ("value.ofType(Quantity).value * 2", [15.0]),
        ("count > 2 implies active", [True]),
        ("active xor active", [False]),
        ("nothing = 'x'", []),
        ("nothing.exists() or active", [True]),
        ("-count + 1", [-2.0]),
        ("code.text.replace('it', 'that')", ["that's"]),
        ("note.where($this.text = 'y').text", ["y"]),
        ("`id`", ["o1"]),
    ],
)
def test_a_path_gives_what_fhirpath_says(path: str, expected: list[Any]) -> None:
    assert _given(path) == expected


@pytest.mark.parametrize("path", ["", "@@", "a..b", "a[", "a.where(", "'open", "a b", "a.sum()", "a.ofType('x')", "%x"])
def test_a_path_that_cannot_be_read_is_refused_in_a_sentence(path: str) -> None:
    with pytest.raises(PathError, match=r"[a-z].*\."):
        compiled(parse(path), Scope("document", "document"))


@pytest.mark.parametrize(
    ("path", "walked"),
    [
        ("code.coding[0].code", "$.code.coding[0].code"),
        ("code.coding.first().code", "$.code.coding[0].code"),
        ("value.ofType(Quantity).value", "$.valueQuantity.value"),
        ("subject.getReferenceKey()", "$.subject.reference"),
        ("value", None),
        ("code.coding.where(system = 'b').code", None),
        ("name.given.join()", None),
    ],
)
def test_plain_walks_are_told_from_paths_that_ask_for_more(path: str, walked: str | None) -> None:
    found = walk(parse(path))
    assert (found.path if found else None) == walked
