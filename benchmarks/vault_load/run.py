"""One vault loaded four ways by turns: Luotsi, hand-written DuckDB SQL, and dbt with AutomateDV staged in two ways.

python benchmarks/vault_load/run.py [--contacts 2000000,20000000] [--times 5] [--automate-dv FOLDER] [--work DIR]

Each load is a process of its own. After each, every way must hold the same keys and versions, or the run fails.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import automate
import data
import equal

sys.path.append(str(Path(__file__).parents[1]))
from timing import ENVS, Figure, Taken, interleaved, keep, timed

HERE = Path(__file__).parent
QUESTION = "What does a generated vault load cost beside SQL written by hand, and beside dbt with AutomateDV?"
STEPS = ("first load", "1 % change")
ALONE = "the load alone"


@dataclass
class Way:
    """One way to load: its database and names, the command of a step, what it tells of the load alone."""

    folder: Path
    database: Path
    names: equal.Names
    command: Callable[[int, Path], list[str]]
    env: dict[str, str] = field(default_factory=dict)
    alone: dict[int, list[Taken]] = field(default_factory=lambda: {0: [], 1: []})

    def load(self, number: int, extract: Path) -> Taken:
        """Loads an extract; the first makes the database anew."""
        if not number:
            for path in self.database.parent.glob(f"{self.database.name}*"):
                path.unlink()
        taken = timed(self.command(number, extract), env=self.env)
        told = self.folder / "told"
        if told.exists():
            self.alone[number].append(Taken(*json.loads(told.read_text())))
        return taken


def luotsi(folder: Path, county: Path, memory: str) -> Way:
    """Our own load, of what lies in the lake of a home."""
    home, told = folder / "home", folder / "told"
    (home / "vault").mkdir(parents=True)

    def command(number: int, extract: Path) -> list[str]:
        lake = home / "lake/bench/contacts"
        if not number:
            shutil.rmtree(lake, ignore_errors=True)
        shutil.copytree(extract, lake / extract.name, copy_function=os.link)
        return [sys.executable, str(HERE / "ours.py"), str(home), str(county), str(told)]

    return Way(folder, home / "vault/luotsi.duckdb", equal.LUOTSI, command, {"LUOTSI_MEMORY": memory})


def by_hand(folder: Path, memory: str) -> Way:
    """The hand-written SQL."""
    folder.mkdir()
    database, spill, told = folder / "by_hand.duckdb", folder / "spill", folder / "told"

    def command(number: int, extract: Path) -> list[str]:
        places = [str(database), str(extract / "rows.parquet"), str(number + 1), str(spill), memory, str(told)]
        return [sys.executable, str(HERE / "by_hand.py"), *places]

    return Way(folder, database, equal.BY_HAND, command)


def automate_dv(folder: Path, staging: str, memory: str, given: argparse.Namespace) -> Way:
    """AutomateDV, with the staged extract as a view or as a table."""
    dbt = automate.dbt(given.envs)
    project = automate.project(folder, dbt, given.automate_dv)
    database, extract_link = folder / "automate.duckdb", folder / "extract.parquet"
    env = {
        "BENCH_STAGING": staging,
        "BENCH_DATABASE": str(database),
        "BENCH_EXTRACT": str(extract_link),
        "BENCH_SPILL": str(folder / "spill"),
        "BENCH_MEMORY": memory,
        **automate.QUIET,
    }

    def command(_: int, extract: Path) -> list[str]:
        extract_link.unlink(missing_ok=True)
        extract_link.symlink_to(extract / "rows.parquet")
        return [str(dbt), "run", "--project-dir", str(project), "--profiles-dir", str(project)]

    return Way(folder, database, equal.AUTOMATE_DV, command, env)


def compared(contacts: int, given: argparse.Namespace) -> list[Figure]:
    """The figures of all ways at one size."""
    if given.work:
        given.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.work) as name:
        root = Path(name)
        data.write_county(root / "county")
        data.write_extracts(root, contacts)
        extracts = sorted((root / "lake/bench/contacts").iterdir())
        ways = {
            "Luotsi": luotsi(root / "luotsi", root / "county", given.memory),
            "DuckDB SQL by hand": by_hand(root / "by_hand", given.memory),
        }
        for staging in () if given.without_dbt else ("view", "table"):
            way = automate_dv(root / f"automate_{staging}", staging, given.memory, given)
            ways[f"dbt with AutomateDV, staging as {staging}s"] = way
        held: dict[int, equal.Summary] = {}

        def turn(way: Way, number: int) -> Taken:
            taken = way.load(number, extracts[number])
            found = equal.summary(way.database, way.names, root / "spill")
            first = held.setdefault(number, found)
            if differ := {table: (first[table], found[table]) for table in first if first[table] != found[table]}:
                raise SystemExit(f"After the {STEPS[number]} the ways differ, rows and checksums: {differ}")
            return taken

        turns = {
            (name, number): (lambda way=way, number=number: turn(way, number))
            for name, way in ways.items()
            for number in range(len(STEPS))
        }
        labels = {f"{contacts:,} contacts, {name}, {STEPS[number]}": (name, number) for name, number in turns}
        runs = interleaved({label: turns[key] for label, key in labels.items()}, given.times)
    for number, step in enumerate(STEPS):
        print(f"the same after the {step}:", {table: rows for table, (rows, _) in held[number].items()})
    size = f"{contacts:,} contacts"
    figures: list[Figure] = []
    for number, step in enumerate(STEPS):
        for label, (name, of) in labels.items():
            if of == number:
                figures.append(Figure.of(name, size, step, runs[label]))
        for name, way in ways.items():
            if alone := way.alone[number][-given.times :]:
                figures.append(Figure.of(name, size, f"{step}, {ALONE}", alone))
    return figures


def main() -> None:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 6 // 10 // 2**20
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", help="sizes, with commas between (default: 2000000,20000000)")
    parser.add_argument("--times", type=int, help="counted runs of each (default: 5)")
    parser.add_argument("--memory", default=f"{memory}MiB", help="what DuckDB may take, the same for all ways")
    parser.add_argument("--automate-dv", type=Path, help="a folder with automate_dv and dbt_utils (default: dbt deps)")
    parser.add_argument("--without-dbt", action="store_true")
    parser.add_argument("--envs", type=Path, default=ENVS, help="where the environment of dbt is kept")
    parser.add_argument("--work", type=Path, help="where data and databases are for the time of the run")
    parser.add_argument("--quick", action="store_true", help="nothing kept; 20,000 contacts and two runs unless given")
    given = parser.parse_args()
    given.contacts = given.contacts or ("20000" if given.quick else "2000000,20000000")
    given.times = given.times or (2 if given.quick else 5)
    figures: list[Figure] = []
    for contacts in map(int, given.contacts.split(",")):
        figures += compared(contacts, given)
        keep(HERE, QUESTION, figures, quick=given.quick)


if __name__ == "__main__":
    main()
