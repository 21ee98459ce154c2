"""Runs the public SQL on FHIR v2 suite (MIT, github.com/FHIR/sql-on-fhir-v2) and counts what passes. Knows no engine.

A test passes when the rows are those expected, in any order, and the columns in theirs; or fails as it should.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

SUITE = Path(__file__).parents[3] / "shared" / "data" / "sql-on-fhir-tests"

Row = Mapping[str, Any]
Evaluate = Callable[[list[Any], Any], tuple[Sequence[str] | None, Sequence[Row]]]
"""Resources and a view in; names of the columns in order (None: not known without rows) and the rows out."""


def counted(evaluate: Evaluate) -> tuple[int, int, list[str]]:
    """How many tests pass, how many there are, and those that fail by name."""
    total, failed = 0, list[str]()
    for path in sorted(SUITE.glob("*.json")):
        suite = json.loads(path.read_text("utf-8"))
        for test in suite["tests"]:
            total += 1
            # An engine may change what it is given.
            resources, view = json.loads(json.dumps([suite["resources"], test["view"]]))
            if not _passes(evaluate, resources, view, test):
                failed.append(f"{path.stem}: {test['title']}")
    return total - len(failed), total, failed


def _passes(evaluate: Evaluate, resources: list[Any], view: Any, test: Mapping[str, Any]) -> bool:
    try:
        names, rows = evaluate(resources, view)
    except Exception:  # noqa: BLE001 - whatever an engine raises, it has said that it cannot
        return bool(test.get("expectError"))
    if test.get("expectError"):
        return False
    if "expectColumns" in test and names is not None and list(names) != test["expectColumns"]:
        return False
    known = names or sorted({name for each in test["expect"] for name in each})
    if any(not set(each) <= set(known) for each in test["expect"]):
        return False
    expected = [{name: each.get(name) for name in known} for each in test["expect"]]
    return sorted(map(_plain, rows)) == sorted(map(_plain, expected))


def _plain(row: Row) -> str:
    """A row in a form where 5 and 5.0 are one number, and true is none."""
    numbers = {name: value if isinstance(value, bool) else _number(value) for name, value in row.items()}
    return json.dumps(numbers, sort_keys=True, default=str)


def _number(value: object) -> object:
    plain = isinstance(value, int | float) or type(value).__name__ == "Decimal"
    return round(float(value), 9) if plain else value  # type: ignore[arg-type]
