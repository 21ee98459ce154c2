"""Spark in local mode beside DuckDB: load and release of the same county, results checked equal.

python benchmarks/spark/run.py [--residents 3000,100000] [--years 2024..2024] [--times 5] [--sources a,b] [--folder DIR]

Lands the largest source, patient records, and what its measures are divided by, unless told otherwise: Spark's price of
a statement is the same for each of the others. Each run loads a fresh copy of the landed home and releases it, each
step a process of its own, by turns.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

from luotsi.engine.lake import manifests

sys.path.append(str(Path(__file__).parents[1]))
from timing import Figure, Taken, interleaved, keep, timed

HERE = Path(__file__).parent
QUESTION = "When does Spark start to pay beside DuckDB, and what does it cost before?"
LUOTSI = str(Path(sys.executable).with_name("luotsi"))
ENGINES = {"DuckDB": {}, "Spark, local": {"LUOTSI_ENGINE": "spark", "SPARK_CONF_DIR": str(HERE / "conf")}}
STEPS = ("load", "release")
SOURCES = "lifecare,population,residents,register"


def landed(folder: Path, residents: int, years: str, sources: list[str]) -> Path:
    """A home with the extracts of a synthetic county."""
    sent, home = folder / "sent", folder / "home"
    if not home.exists():
        timed([LUOTSI, "synth", str(sent), "--residents", str(residents), "--years", years, "--extracts", "year"])
        there = sorted({path.name.split("_")[0] for path in sent.glob("*_*") if path.suffix != ".json"})
        for source in sources or there:
            timed([LUOTSI, "land", source, str(sent), "--home", str(home)])
    return home


def way(home: Path, engine: str, step: str) -> Callable[[], Taken]:
    """One step of one engine, on a copy of its own."""
    own = home.with_name(f"home-{engine.split(',')[0].lower()}")

    def run() -> Taken:
        if step == "load":
            shutil.rmtree(own, ignore_errors=True)
            shutil.copytree(home, own)
        taken = timed([LUOTSI, step, "--home", str(own)], env=ENGINES[engine])
        if step == "release":
            shutil.copy(own / "releases" / (own / "releases/current").read_text().strip() / "results.parquet", own)
        return taken

    return run


def equal(home: Path) -> None:
    """Ends the benchmark where the engines' results differ."""
    ours, theirs = (
        pq.read_table(home.with_name(f"home-{engine}") / "results.parquet") for engine in ("duckdb", "spark")
    )
    order = [(name, "ascending") for name in ours.column_names]
    if not ours.sort_by(order).equals(theirs.sort_by(order)):
        raise SystemExit("DuckDB and Spark give different results; no figure is kept.")
    print(f"{ours.num_rows:,} rows of results, equal")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--residents", default="3000,100000")
    parser.add_argument("--years", default="2024..2024")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--sources", default=SOURCES, help="only these, with commas between; all if empty")
    parser.add_argument("--folder", type=Path, help="keep homes here, and use them again")
    parser.add_argument("--quick", action="store_true", help="1,000 residents, three sources, one run, nothing kept")
    given = parser.parse_args()
    if given.quick:
        given.residents, given.times, given.sources = "1000", 1, "register,callcentre,feedback"
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        for residents in map(int, given.residents.split(",")):
            folder = (given.folder or Path(name)) / str(residents)
            os.makedirs(folder, exist_ok=True)
            home = landed(folder, residents, given.years, [each for each in given.sources.split(",") if each])
            rows = sum(each.rows_landed for each in manifests(home))
            size = f"{residents:,} residents, {given.years}, {rows:,} rows"
            ways = {f"{engine}: {step}": way(home, engine, step) for engine in ENGINES for step in STEPS}
            runs = interleaved(ways, given.times, warm_up=0 if given.quick else 1)
            equal(home)
            for label, taken in runs.items():
                engine, step = label.split(": ")
                figures.append(Figure.of(engine, size, step, taken))
    keep(HERE, QUESTION, figures, quick=given.quick)


if __name__ == "__main__":
    main()
