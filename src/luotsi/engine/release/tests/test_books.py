"""What a release tells of the loads it rests on."""

import datetime
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from luotsi.engine.lake import Manifest
from luotsi.engine.release.books import told


def landed(home: Path, extract: str, quarantined: int, **more: Any) -> None:
    day = datetime.datetime(2024, 1, 1)
    said: dict[str, Any] = {
        "extract": extract,
        "source": "clinic",
        "instance": "north",
        "table": "visits",
        "file": "f",
        "sha256": "s",
    }
    said |= {
        "bytes": 1,
        "created_at": day,
        "landed_at": day,
        "delivery": "delta",
        "rows_sent": 50 + quarantined,
        "rows_landed": 50,
    }
    said |= {
        "rows_quarantined": quarantined,
        "columns": ("A",),
        "undeclared": (),
        "encoding": "utf-8",
        "unusual": (),
        "content": "c",
    }
    folder = home / "lake" / "clinic" / "visits" / extract
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(Manifest(**{**said, **more}).model_dump_json(), "utf-8")


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute("CREATE SCHEMA vault; CREATE TABLE vault.quarantine (load INTEGER, line BIGINT)")
    made.execute("CREATE TABLE vault.loads (load INTEGER, report JSON)")
    report = json.dumps({"loads": [1, 2], "seconds": 3.0, "unusual": ["5 rows stand more than once in the extract"]})
    made.execute("INSERT INTO vault.loads VALUES (1, $1), (2, $1), (3, NULL)", [report])
    made.execute("INSERT INTO vault.quarantine VALUES (1, 4), (1, 4), (1, 9), (2, 4)")
    return made


def load(number: int, extract: str) -> dict[str, Any]:
    known = {"load": number, "source": "clinic", "instance": "north", "table": "visits", "extract": extract}
    return {**known, "loaded_at": "2024-01-01T08:00:00"}


def test_rows_set_aside_in_landing_and_in_loading_are_counted_once_each(tmp_path: Path, con: Any) -> None:
    landed(tmp_path, "a", 3)
    landed(tmp_path, "b", 0)
    found = told(tmp_path, con, [load(1, "a"), load(2, "b")])
    assert [each["quarantined"] for each in found] == [5, 1]


def test_the_time_and_the_sentences_of_a_group_are_told_once(tmp_path: Path, con: Any) -> None:
    landed(tmp_path, "a", 0, unusual=("the encoding is utf-8",), undeclared=("NOTES",))
    landed(tmp_path, "b", 0)
    one, other = told(tmp_path, con, [load(1, "a"), load(2, "b")])
    assert one["seconds"] == other["seconds"] == 1.5
    assert (one["unusual"], one["undeclared"]) == (["the encoding is utf-8"], ["NOTES"])
    assert other["unusual"] == ["5 rows stand more than once in the extract"]


def test_what_is_not_known_of_an_extract_that_is_gone_is_not_made_up(tmp_path: Path, con: Any) -> None:
    [found] = told(tmp_path, con, [load(3, "gone")])
    at = "2024-01-01T08:00:00+00:00"
    assert found == {
        **load(3, "gone"),
        "loaded_at": at,
        "quarantined": None,
        "seconds": 0.0,
        "undeclared": [],
        "unusual": [],
    }
