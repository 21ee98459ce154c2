"""The tables of a vault on Spark, without Spark: what a commit shows, what one that never came leaves behind."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luotsi.concepts.errors import UserError
from luotsi.engine.spark.tables import Tables, whole

SCHEMA = pa.schema([("n", pa.int64())])
NAMES = ("vault.a", "vault.b", "marts.c")


def put(tables: Tables, name: str, *rows: int) -> Path:
    part = tables.part(name)
    tables.write(part, pa.table({"n": list(rows)}, schema=SCHEMA))
    return part


def rows(tables: Tables, name: str) -> list[int]:
    paths = tables.paths(name)
    return sorted(n for path in paths for n in pq.read_table(path)["n"].to_pylist())


def seen(folder: Path) -> dict[str, list[int]]:
    """What another process reads."""
    tables = Tables(folder)
    return {name: rows(tables, name) for name in tables.names}


def test_another_process_sees_a_change_of_several_tables_only_once_it_is_committed(tmp_path: Path) -> None:
    tables = Tables(tmp_path)
    for name in NAMES:
        tables.create(name, SCHEMA)
        tables.append(name, put(tables, name, 1, 2))
    assert seen(tmp_path) == {}
    tables.commit()
    assert seen(tmp_path) == {name: [1, 2] for name in NAMES}


def test_what_was_rolled_back_is_in_no_later_commit(tmp_path: Path) -> None:
    tables = Tables(tmp_path)
    tables.create("vault.a", SCHEMA)
    tables.commit()
    tables.append("vault.a", put(tables, "vault.a", 1))
    tables.rollback()
    tables.append("vault.a", put(tables, "vault.a", 2))
    tables.commit()
    assert seen(tmp_path) == {"vault.a": [2]}


def test_a_process_that_ended_between_the_tables_and_the_commit_leaves_nothing_to_be_seen(tmp_path: Path) -> None:
    tables = Tables(tmp_path)
    tables.create("vault.a", SCHEMA)
    tables.append("vault.a", put(tables, "vault.a", 1))
    tables.commit()
    dead = Tables(tmp_path)
    dead.append("vault.a", put(dead, "vault.a", 2))
    dead._write(dead.get("vault.a"))  # its log has the rows, the commit never came
    assert seen(tmp_path) == {"vault.a": [1]}
    again = Tables(tmp_path)
    again.append("vault.a", put(again, "vault.a", 3))
    again.commit()
    assert seen(tmp_path) == {"vault.a": [1, 3]}


def test_of_two_processes_that_change_tables_at_once_the_second_is_told_to_run_again(tmp_path: Path) -> None:
    one, two = Tables(tmp_path), Tables(tmp_path)
    for each, value in ((one, 1), (two, 2)):
        each.create(f"vault.t{value}", SCHEMA)
        each.append(f"vault.t{value}", put(each, f"vault.t{value}", value))
    one.commit()
    with pytest.raises(UserError, match="another process has loaded meanwhile; run this again"):
        two.commit()
    assert seen(tmp_path) == {"vault.t1": [1]}


def test_a_table_made_anew_under_its_name_holds_only_its_new_rows_and_columns(tmp_path: Path) -> None:
    tables = Tables(tmp_path)
    tables.create("marts.c", SCHEMA)
    tables.append("marts.c", put(tables, "marts.c", 1))
    tables.commit()
    other = pa.schema([("word", pa.string())])
    tables.create("marts.c", other)
    tables.commit()
    again = Tables(tmp_path)
    assert (again.get("marts.c").schema, again.paths("marts.c")) == (other, [])


def test_a_first_commit_that_leaves_no_table_is_followed_by_any_other(tmp_path: Path) -> None:
    tables = Tables(tmp_path)
    tables.create("marts.c", SCHEMA)
    tables.drop("marts.c")
    tables.commit()
    assert seen(tmp_path) == {}
    tables.create("marts.c", SCHEMA)
    tables.commit()
    assert seen(tmp_path) == {"marts.c": []}


STEPS = st.lists(
    st.tuples(st.sampled_from(["append", "replace", "create", "drop", "commit", "rollback", "open"]),
              st.sampled_from(NAMES), st.integers(0, 99)),
    max_size=14,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_sequence_of_changes_shows_what_a_plain_book_keeping_shows(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("tables")
    tables = Tables(folder)
    shown: dict[str, list[int]] = {}
    now: dict[str, list[int]] = {}
    for step, name, value in steps:
        if step == "commit":
            tables.commit()
            shown = {each: [*held] for each, held in now.items()}
        elif step in ("rollback", "open"):
            if step == "open":
                tables = Tables(folder)
            tables.rollback()
            now = {each: [*held] for each, held in shown.items()}
        elif step == "create":
            tables.create(name, SCHEMA)
            now[name] = []
        elif name in now and step == "drop":
            tables.drop(name)
            del now[name]
        elif name in now and step == "append":
            tables.append(name, put(tables, name, value))
            now[name].append(value)
        elif name in now:
            tables.replace(name, put(tables, name, value))
            now[name] = [value]
        assert {each: rows(tables, each) for each in tables.names} == {n: sorted(held) for n, held in now.items()}
        assert seen(folder) == {each: sorted(held) for each, held in shown.items()}


LOADER = """
import sys
from pathlib import Path
sys.path[:0] = {path!r}
import pyarrow as pa
from luotsi.engine.spark.tables import Tables
schema = pa.schema([("n", pa.int64())])
tables = Tables(Path({folder!r}))
for name in ("vault.a", "vault.b"):
    if name not in tables.names:
        tables.create(name, schema)
tables.commit()
print("ready", flush=True)
start = tables.get("vault.a").rows
for n in range(start, start + 10_000):
    for name in ("vault.a", "vault.b"):
        part = tables.part(name)
        tables.write(part, pa.table({{"n": [n]}}, schema=schema))
        tables.append(name, part)
    tables.commit()
"""


def test_a_load_killed_at_any_moment_leaves_both_tables_as_they_were_after_its_last_commit(tmp_path: Path) -> None:
    code, chance, before = LOADER.format(path=sys.path, folder=str(tmp_path)), random.Random(7), 0
    for _ in range(6):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0.05, 0.4))
        process.send_signal(signal.SIGKILL)
        process.wait()
        found = seen(tmp_path)
        assert found["vault.a"] == found["vault.b"] == list(range(len(found["vault.a"])))
        assert len(found["vault.a"]) >= before
        before = len(found["vault.a"])
    assert before > 0


def test_a_file_whose_last_rows_a_java_reader_would_pass_over_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"n": list(range(1000))}), path)
    assert whole(path) == path
    held = path.read_bytes()
    (tmp_path / "short.parquet").write_bytes(held[:4] + held[-2000:])
    with pytest.raises(UserError, match="in a form that Spark cannot read"):
        whole(tmp_path / "short.parquet")
