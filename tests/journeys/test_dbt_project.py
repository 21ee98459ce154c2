"""The exported project in dbt itself: DuckDB gives the marts of Luotsi, adapters of warehouses we have not compile it.

dbt stands in an environment of its own under pytest's cache: it shares no release of pydantic or click with us.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from luotsi import synth
from luotsi.commands import main
from luotsi.concepts.shipped import open_county
from luotsi.engine import marts, vault
from luotsi.engine.dbt import DIALECTS, export
from luotsi.engine.marts.relations import all_relations
from luotsi.engine.vault.tests.fabricated import land, write_county
from luotsi.jobs import landing

ROOT = Path(__file__).parents[2]
PINNED = (
    "dbt-core==1.11.16",
    "dbt-duckdb==1.11.1",
    "dbt-snowflake==1.12.3",
    "dbt-databricks==1.12.7",
    "dbt-fabric==1.11.1",
    f"duckdb=={duckdb.__version__}",
)
UNREACHED = ("error sending request", "dns error", "name resolution", "could not connect", "timed out", "no route")
SENT = {
    "register": ("register_*",),
    "pegasos": tuple(f"pegasos_*_{t}_*" for t in ("asiakas", "toimipiste", "tapahtuma", "pysyvaisdg", "vuodeosasto")),
    "callcentre": ("callcentre_*_calls_*",),
    "rai": ("rai_*",),
}
"""Patients with identifiers of their own, a register that knows their units, and columns turned into rows.

With LUOTSI_WHOLE=1 in the environment, all that the synthetic county sends."""

RUNNING = """
import gc, os, sys
from dbt.cli.main import dbtRunner

gc.disable()
end = sys.argv.index("--")
for project in sys.argv[1:end]:
    os.chdir(project)
    done = dbtRunner().invoke(sys.argv[end + 1 :])
    if not done.success:
        sys.exit(f"{project}: {done.exception or [each.message for each in done.result if each.status == 'error']}")
"""
QUIET = ("--no-use-colors", "--log-level-file", "none", "--no-partial-parse")

BOTH_QUARANTINES = ("luotsi_vault.quarantine", "vault.vault.quarantine")


@pytest.fixture(scope="session")
def dbt(pytestconfig: pytest.Config) -> Path:
    """The Python that has dbt; made once, by the first worker that asks."""
    digest = hashlib.sha256(repr((PINNED, sys.version)).encode()).hexdigest()[:12]
    folder = pytestconfig.cache.mkdir("dbt") / digest
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _made(folder)
            (folder / "complete").touch()
    return folder / "bin" / "python"


def _made(folder: Path) -> None:
    own, python = ROOT / ".venv-uv" / "bin" / "uv", str(folder / "bin" / "python")
    uv = shutil.which("uv") or (str(own) if own.exists() else None)
    make = [uv, "venv", "-q", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
    fill = [uv, "pip", "install", "-q", "--python", python] if uv else [python, "-m", "pip", "install", "-q"]
    for command in ([*make, str(folder)], [*fill, *PINNED]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode and any(word in done.stderr.lower() for word in UNREACHED):
            pytest.skip(f"dbt cannot be had, the Python package index is not reached: {done.stderr[-300:]}")
        assert done.returncode == 0, done.stderr


def run(dbt: Path, projects: list[Path], *words: str) -> None:
    """Runs dbt in the folders of projects, one after another in one process: what starts slowly starts once."""
    for project in projects:
        shutil.copy(project / "profiles.example.yml", project / "profiles.yml")
    command = [str(dbt), "-c", RUNNING, *map(str, projects), "--", *QUIET, *words]
    mute = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DBT_PASSWORD": "none", "DBT_TOKEN": "none"}
    done = subprocess.run(
        command, env={**os.environ, **mute}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:]


def test_dbt_on_duckdb_gives_the_marts_of_luotsi_row_for_row(dbt: Path, tmp_path: Path) -> None:
    county, home, out = open_county(), tmp_path / "home", tmp_path / "project"
    of = [*all_relations(county)]
    synth.write(tmp_path / "sent", county, residents=250, seed=3, years=(2024, 2024))
    every = {name: (f"{name}_*",) for name in county.sources if any((tmp_path / "sent").glob(f"{name}_*"))}
    for name, patterns in (every if os.environ.get("LUOTSI_WHOLE") else SENT).items():
        landing.land(home, county, name, [str(tmp_path / "sent" / each) for each in patterns])
    with vault.open_vault(home) as con:
        vault.load_into(con, home, county)
        marts.refresh(con, county)
        rows = {each.table: con.execute(f"SELECT count(*) FROM marts.{each.table}").fetchall()[0][0] for each in of}
    there = {each for each in rows if rows[each]}
    assert {"person", "contact", "stay", "diagnosis", "unit", "assessment_answers"} <= there
    wrote = CliRunner().invoke(main.app, ["export", str(out), "--home", str(home)], catch_exceptions=False)
    assert wrote.exit_code == 0, wrote.output
    untold = [f"{table}+,resource_type:test" for table in {*rows} - there]  # tests of nothing take as long
    run(dbt, [out], "build", "--threads", "1", "--exclude", *untold)
    with duckdb.connect(str(out / "warehouse.duckdb"), read_only=True) as con:
        con.execute(f"ATTACH '{home / 'vault' / 'luotsi.duckdb'}' AS vault (READ_ONLY)")
        for mart in of:
            columns = ", ".join(f'"{each}"' for each in mart.columns)
            ours = f'SELECT {columns} FROM vault.marts."{mart.table}"'
            theirs = f'SELECT {columns} FROM luotsi_marts."{mart.table}"'
            for one, other in ((ours, theirs), (theirs, ours)):
                differ = con.execute(f"SELECT count(*) FROM ({one} EXCEPT ALL {other})").fetchall()
                assert differ == [(0,)], mart.table
        faults = [con.execute(f"SELECT count(*) FROM {each}").fetchall() for each in BOTH_QUARANTINES]
        assert faults[0] == faults[1]


def test_dbt_compiles_the_projects_of_the_dialects_that_we_cannot_run(dbt: Path, tmp_path: Path) -> None:
    county = write_county(tmp_path / "county")
    for table in ("visits", "clients", "answers", "wide"):
        land(tmp_path / "home", table, "2024-03-02T00:00:00", [{"id": "1"}])
    unrun = [name for name, each in DIALECTS.items() if not each.ran]
    made = {name: export(tmp_path / name, county, tmp_path / "home", name) for name in unrun}
    run(dbt, [each.folder for each in made.values()], "compile", "--no-populate-cache", "--no-introspect")
    for name, exported in made.items():
        compiled = exported.folder / "target" / "compiled" / "luotsi" / "models"
        texts = [path.read_text("utf-8") for path in compiled.rglob("*.sql") if path.parent.suffix != ".yml"]
        assert len(texts) == exported.models, name
        assert not any("{{" in each for each in texts), name
