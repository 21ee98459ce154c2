"""A load that is killed at a random moment loses, doubles and half-shows nothing."""

from __future__ import annotations

import multiprocessing
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
import sqlglot

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.engine.vault import applying, load, open_vault, tables
from luotsi.engine.vault.tests.fabricated import land, load_alone, state, write_county

KILLS = {"duckdb": (20, 3), "spark": (3, 1)}
"""Engine -> how often a load is killed, and how often at least before it ends."""
FORKING = multiprocessing.get_context("forkserver")
"""Makes processes that have imported all they need: to start Python anew takes longer than the load."""
FORKING.set_forkserver_preload([load_alone.__module__])


def landed(home: Path) -> None:
    for day in range(2, 8):
        rows = [
            {"id": str(n), "person": f"p{n % 90}", "place": str((n * day) % 7), "note": str(n), "gone": "E"}
            for n in range(day * 20, 900 - day * 30)
        ]
        land(home, "visits", f"2024-01-{day:02}T00:00:00", rows, delivery="full", name=f"visits-{day}")
        clients = [{"id": str(n), "hetu": f"p{n}"} for n in range(day, 90)]
        land(home, "clients", f"2024-01-{day:02}T00:00:00", clients, delivery="full", name=f"clients-{day}")


def everything(home: Path, county: County) -> dict[str, object]:
    """The counts of all tables and the state of each table of versions."""
    con = open_vault(home, read_only=True)
    found: dict[str, object] = {each.name: state(con, each) for each in tables(county)}
    names = con.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'vault'").fetchall()
    for (name,) in names:
        found[f"{name} rows"] = con.execute(f"SELECT count(*) FROM vault.{name}").fetchone()
    con.close()
    return found


@pytest.fixture
def county(tmp_path: Path) -> County:
    return write_county(tmp_path / "county")


@pytest.mark.parametrize("engine", ["duckdb", *(["spark"] if "LUOTSI_WHOLE" in os.environ else [])])
def test_a_load_killed_at_any_moment_continues_as_if_nothing_had_happened(
    tmp_path: Path, county: County, engine: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if engine == "spark":
        request.getfixturevalue("java")
    monkeypatch.setenv("LUOTSI_ENGINE", engine)
    calm, shaken = tmp_path / "calm", tmp_path / "shaken"
    for home in (calm, shaken):
        landed(home)
    begun = time.monotonic()
    load(calm, county)
    usual, moments, killed = time.monotonic() - begun, random.Random(7), 0
    for _ in range(KILLS[engine][0]):
        begun_there, ready = FORKING.Pipe(duplex=False)
        process = FORKING.Process(target=load_alone, args=(shaken, tmp_path / "county", engine, ready))
        process.start()
        ready.close()
        assert begun_there.recv() == "ready"
        # Spark takes long to start: there the moments lie in the whole of a load
        process.join(moments.uniform(0.02, usual / 4) if engine == "duckdb" else moments.uniform(usual / 3, usual))
        if process.exitcode is None:
            process.kill()
            killed += 1
        process.join()
        if process.exitcode == 0:
            break
    assert killed >= KILLS[engine][1]
    load(shaken, county)
    assert everything(shaken, county) == everything(calm, county)


def test_a_second_process_is_told_to_wait(tmp_path: Path, county: County) -> None:
    script = "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    open_vault(tmp_path).close()
    path = next((tmp_path / "vault").glob("*.duckdb"))
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(UserError, match="only one may load at a time"):
            load(tmp_path, county)
        other.communicate(b"")


def test_every_statement_of_a_load_can_be_read_by_sqlglot(
    tmp_path: Path, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[str] = set()
    run = applying.run

    def spying(con: duckdb.DuckDBPyConnection, text: str, **values: object) -> int:
        seen.add(text)
        return run(con, text, **values)

    monkeypatch.setattr(applying, "run", spying)
    landed(tmp_path)
    load(tmp_path, county)
    assert len(seen) > 10
    for text in seen:
        assert sqlglot.parse_one(text, dialect="duckdb").sql("duckdb")
