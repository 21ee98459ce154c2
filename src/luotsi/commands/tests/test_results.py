"""What a person types to get results: answers in every form, sentences instead of faults, and exit codes."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

import luotsi
from luotsi.commands.main import app
from luotsi.concepts.errors import UserError
from luotsi.engine.release import build, find
from luotsi.jobs.headlines import headlines
from luotsi.jobs.standing import standing

_path = Path(__file__).parents[2] / "engine" / "release" / "tests" / "conftest.py"
_spec = importlib.util.spec_from_file_location("small_county", _path)
assert _spec is not None
assert _spec.loader is not None
_made = importlib.util.module_from_spec(_spec)
sys.modules["small_county"] = _made
_spec.loader.exec_module(_made)
world = _made.world

COLUMNS = ["measure", "period", "unit", "numerator", "denominator", "value", "n", "suppressed"]


@pytest.fixture
def released(world: Any) -> Any:
    build(world.home, world.county)
    return world


def typed(home: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--home", str(home)])


def in_a_shell(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from luotsi.commands.main import run; run()", *words]
    env = {**os.environ, "LUOTSI_HOME": str(home)}
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False)


def test_an_answer_in_csv_has_the_columns_of_the_contract_and_empty_cells_where_hidden(released: Any) -> None:
    found = typed(released.home, "ask", "remote_share", "--by", "unit,month", "--period", "2023", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(found.stdout)))
    assert list(rows[0]) == COLUMNS
    hidden = [row for row in rows if row["suppressed"] == "true"]
    assert hidden
    assert {row[name] for row in hidden for name in ("numerator", "denominator", "value", "n")} == {""}


def test_json_and_parquet_say_the_same(released: Any, tmp_path: Path) -> None:
    out = tmp_path / "answer.parquet"
    question = ("ask", "remote_share", "--by", "unit", "--where", "sex=2")
    rows = json.loads(typed(released.home, *question, "--format", "json").stdout)
    assert typed(released.home, *question, "--format", "parquet", "--out", str(out)).exit_code == 0
    assert pq.read_table(out).to_pylist() == rows
    piped = typed(released.home, *question, "--format", "parquet")
    assert pq.read_table(pa.BufferReader(piped.stdout_bytes)).to_pylist() == rows


def test_a_table_shows_words_beside_codes_and_dots_for_what_is_hidden(released: Any) -> None:
    found = typed(released.home, "ask", "remote_share", "--by", "unit,month", "--period", "2023-01..2023-03")
    assert "n1 Unit n1" in found.stdout
    assert " .." in found.stdout
    assert ".. = hidden" in found.stdout


def test_without_a_measure_all_of_them_are_listed(released: Any) -> None:
    found = typed(released.home, "ask")
    assert [line.split()[0] for line in found.stdout.splitlines()] == ["contacts", "remote_share"]


def test_an_answer_that_cannot_be_written_is_a_sentence(released: Any, tmp_path: Path) -> None:
    found = typed(released.home, "ask", "contacts", "--format", "csv", "--out", str(tmp_path / "none" / "x.csv"))
    assert isinstance(found.exception, UserError)
    assert "cannot be written" in str(found.exception)


def test_an_explanation_holds_all_that_makes_a_number_trusted(released: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    text = typed(released.home, "explain", "remote_share").stdout
    for part in ("Owner: Data team", "measures.md", "Source visits: 2 loads", "load 1: visits visits", "marts.contact"):
        assert part in text
    assert "UNCONFIRMED" not in text


def test_exit_codes_tell_a_good_answer_a_mendable_fault_and_wrong_usage_apart(released: Any, tmp_path: Path) -> None:
    good = in_a_shell(released.home, "ask", "contacts", "--format", "csv")
    assert good.returncode == 0
    assert good.stderr == ""
    fault = in_a_shell(released.home, "ask", "contact", "--by", "unit")
    assert fault.returncode == 1
    assert fault.stdout == ""
    assert fault.stderr.splitlines() == ["luotsi: There is no measure contact. Did you mean contacts?"]
    assert in_a_shell(released.home, "ask", "contacts", "--as-of", "yesterday").returncode == 2
    assert typed(released.home, "ask", "contacts", "--format", "xml").exit_code == 2
    assert "luotsi up" in str(typed(tmp_path / "empty", "ask", "contacts").exception)


def test_status_of_an_empty_home_says_what_to_run_and_writes_nothing(tmp_path: Path) -> None:
    found = typed(tmp_path / "new", "status")
    assert found.exit_code == 0
    assert "nothing landed" in found.stdout
    assert "run luotsi up" in found.stdout
    assert not (tmp_path / "new").exists()


def test_a_notebook_asks_what_the_command_line_asks(released: Any) -> None:
    opened = luotsi.open(released.home)
    table = opened.ask("remote_share", by=["month"], period="2023", where={"unit": "n1"})
    assert table.column_names == [*COLUMNS[:2], "unit", *COLUMNS[3:]]
    assert opened.release == opened.releases()[-1]
    assert opened.measures()["measure"].to_pylist() == ["contacts", "remote_share"]
    assert opened.explain("remote_share").sources == ("visits",)


def test_headlines_set_the_last_year_beside_the_one_before(released: Any) -> None:
    rows = {each.measure.measure: each for each in headlines(find(released.home))}
    assert rows["contacts"].period == "2023"
    assert rows["contacts"].before is not None
    assert rows["contacts"].value + rows["contacts"].before == len(released.events)


def test_the_age_of_a_release_counts_from_when_it_was_made(released: Any) -> None:
    found = standing(released.home, released.county)
    assert found.release_age is not None
    assert 0 <= found.release_age.total_seconds() < 600
