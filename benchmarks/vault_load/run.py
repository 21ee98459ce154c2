"""Runs both loads by turns, each in a process of its own, and prints the medians.

python benchmarks/vault_load/run.py [--contacts 2000000] [--times 3] [--work DIR]
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import data

STEPS = ("first", "delta")
LUOTSI = (
    "link_contact__bench__contacts",
    "sat_contact__bench__contacts__plain",
    "sat_contact__bench__contacts__sensitive",
)


def measure(kind: str, home: Path, county: Path) -> None:
    """Loads first and delta, and prints wall seconds, CPU seconds and peak memory of each as JSON."""
    import by_hand

    from luotsi.concepts.reading import read_county
    from luotsi.engine.duck.connection import connect
    from luotsi.engine.vault import load

    read = read_county(county)[0]
    extracts = sorted((home / "lake/bench/contacts").iterdir())
    held = home / "held"
    told: dict[str, dict[str, float]] = {}
    (home / "vault").mkdir(parents=True)
    for number, (step, extract) in enumerate(zip(STEPS, extracts, strict=True), 1):
        for other in extracts[number:]:
            shutil.move(other, held / other.name)
        wall, cpu = time.monotonic(), time.process_time()
        if kind == "luotsi":
            load(home, read)
        else:
            con = connect(home / "vault/by_hand.duckdb", spill=home / "vault")
            by_hand.load(con, str(extract / "rows.parquet"), number)
            con.close()
        told[step] = {
            "wall": time.monotonic() - wall,
            "cpu": time.process_time() - cpu,
            "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        for other in held.iterdir():
            shutil.move(other, extract.parent / other.name)
    con = connect(next((home / "vault").glob("*.duckdb")), read_only=True)
    names = ("hub_contact", "hub_person", *(LUOTSI if kind == "luotsi" else by_hand.CONTENT))
    counts = [con.execute(f"SELECT count(*) FROM vault.{name}").fetchone() for name in names]
    print(json.dumps({**told, "counts": counts}))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--contacts", type=int, default=2_000_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--work", type=Path, default=None)
    parser.add_argument("--measure", nargs=3)
    given = parser.parse_args()
    if given.measure:
        kind, home, county = given.measure
        measure(kind, Path(home), Path(county))
        return
    with tempfile.TemporaryDirectory(dir=given.work) as folder:
        root = Path(folder)
        data.write_county(root / "county")
        data.write_extracts(root, given.contacts)
        (root / "held").mkdir()
        runs: dict[str, list[dict[str, dict[str, float]]]] = {"luotsi": [], "by hand": []}
        for _ in range(given.times):
            for kind, found in runs.items():
                command = [sys.executable, __file__, "--measure", kind, str(root), str(root / "county")]
                found.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
                shutil.rmtree(root / "vault")
                print(kind, found[-1], flush=True)
        counts = {str(run["counts"]) for found in runs.values() for run in found}
        assert len(counts) == 1, f"the two loads disagree: {counts}"
        print("| | first load | 1 % delta |\n| --- | --- | --- |")
        for unit in ("wall", "cpu"):
            for kind, found in runs.items():
                cells = []
                for step in STEPS:
                    each = sorted(run[step][unit] for run in found)
                    cells.append(f"{statistics.median(each):.2f} ({each[0]:.2f} to {each[-1]:.2f})")
                print(f"| {kind}, {unit} seconds | {' | '.join(cells)} |")
            ratio = [
                statistics.median(r[step][unit] for r in runs["luotsi"])
                / statistics.median(r[step][unit] for r in runs["by hand"])
                for step in STEPS
            ]
            print(f"| ratio, {unit} | {ratio[0]:.2f} | {ratio[1]:.2f} |")


if __name__ == "__main__":
    main()
