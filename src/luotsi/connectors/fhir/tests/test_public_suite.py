"""Runs the public SQL on FHIR v2 suite (MIT, github.com/FHIR/sql-on-fhir-v2) against our views."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from luotsi.concepts.errors import UserError
from luotsi.connectors.database import connect
from luotsi.connectors.fhir import views

SUITE = Path(__file__).parents[6] / "shared" / "data" / "sql-on-fhir-tests"
FAILS: dict[str, str] = {}
"""Case -> why it fails today; such a test must fail, or the entry is wrong."""


def _cases() -> list[Any]:
    cases: list[Any] = []
    for path in sorted(SUITE.glob("*.json")):
        suite = json.loads(path.read_text("utf-8"))
        for test in suite["tests"]:
            name = f"{path.stem}: {test['title']}"
            marks = [pytest.mark.xfail(reason=FAILS[name], strict=True)] if name in FAILS else []
            cases.append(pytest.param(suite["resources"], test, id=name, marks=marks))
    return cases


CASES = _cases()


def _run(resources: list[Any], view: Any) -> tuple[list[str], list[dict[str, Any]]]:
    con = connect()
    con.execute("CREATE OR REPLACE TEMP TABLE resources (resource JSON)")
    con.executemany("INSERT INTO resources VALUES (?)", [[json.dumps(each)] for each in resources])
    result = con.execute(views.select(view, "resources"))
    names = [each[0] for each in result.description or []]
    return names, [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _plain(row: dict[str, Any]) -> str:
    """Rows in a form where 5 and 5.0 are one number, and true is none."""
    numbers = {name: round(float(v), 9) if type(v) in (int, float) else v for name, v in row.items()}
    return json.dumps(numbers, sort_keys=True)


@pytest.mark.skipif(not SUITE.is_dir(), reason="the public suite is not beside the repository (../shared/data)")
def test_the_whole_public_suite_is_run() -> None:
    assert len(CASES) == 134


@pytest.mark.parametrize(("resources", "test"), CASES)
def test_a_view_gives_the_rows_the_public_suite_expects(resources: list[Any], test: dict[str, Any]) -> None:
    if test.get("expectError"):
        with pytest.raises((UserError, duckdb.InvalidInputException)):
            _run(resources, test["view"])
        return
    names, rows = _run(resources, test["view"])
    expected = [{name: each.get(name) for name in names} for each in test["expect"]]
    if "expectColumns" in test:
        assert names == test["expectColumns"]
    assert all(set(each) <= set(names) for each in test["expect"])
    assert sorted(map(_plain, rows)) == sorted(map(_plain, expected))
