"""How time and memory grow with the county: each step as a process of its own, from 10,000 residents up.

python benchmarks/growth/run.py [--residents 10000,30000] [--years 2024..2024] [--until DAY] [--times 1] [--folder DIR]

With a folder, each size has one of its own in it, with extracts, home and `taken.json`: the figures of each step, as
soon as they are known (null: done, not timed). The same command again goes on with the first step that is not there.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb

sys.path.append(str(Path(__file__).parents[1]))
from timing import Figure, Taken, keep, timed

HERE = Path(__file__).parent
QUESTION = "How do time and memory of each step grow with the number of residents?"
LUOTSI = str(Path(sys.executable).with_name("luotsi"))
SYNTH, LAND, LOAD, RELEASE = "synth", "land (a command a source)", "load", "release"
STEPS = (SYNTH, LAND, LOAD, RELEASE)


def ways(residents: int, span: list[str], folder: Path) -> dict[str, Callable[[], Taken]]:
    """The steps of one size in their order. Each begins where the one before it ended, whatever was there.

    `span`: the words that tell `luotsi synth` the years, and the last day where it is not the last of them.
    """
    extracts, home = folder / "extracts", folder / "home"

    def synth() -> Taken:
        shutil.rmtree(extracts, ignore_errors=True)
        size = ["--residents", str(residents), "--extracts", "year"]
        return timed([LUOTSI, "synth", str(extracts), *size, *span])

    def land() -> Taken:
        shutil.rmtree(home, ignore_errors=True)
        sources = sorted({path.name.split("_")[0] for path in extracts.glob("*_*") if path.suffix != ".json"})
        each = [timed([LUOTSI, "land", source, str(extracts), "--home", str(home)]) for source in sources]
        return Taken(sum(a.wall for a in each), sum(a.cpu for a in each), max(a.peak_mib for a in each))

    def load() -> Taken:
        shutil.rmtree(home / "vault", ignore_errors=True)
        return timed([LUOTSI, "load", "--home", str(home)])

    def release() -> Taken:
        with duckdb.connect(str(home / "vault" / "luotsi.duckdb")) as con:
            for schema in ("marts", "results"):
                con.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        return timed([LUOTSI, "release", "--home", str(home)])

    return {SYNTH: synth, LAND: land, LOAD: load, RELEASE: release}


def one(residents: int, given: argparse.Namespace, folder: Path) -> Iterator[list[Figure]]:
    """The figures of one size so far, after each step; those that `taken.json` holds are not taken again."""
    folder.mkdir(parents=True, exist_ok=True)
    notes = folder / "taken.json"
    taken: dict[str, list[list[float]] | None] = json.loads(notes.read_text("utf-8")) if notes.exists() else {}
    # A whole large county is too long to be run for nothing: one run has no warm-up.
    warm_up = int(given.times > 1)
    span = ["--years", given.years, *(["--until", given.until] if given.until else ())]
    for turn in range(given.times + warm_up):
        for step, way in ways(residents, span, folder).items():
            done = taken.setdefault(step, [])
            if done is not None and len(done) <= turn:
                done.append([*way()])
                print(f"{residents:,} residents, {step}: {Taken(*done[-1])}", flush=True)
                notes.write_text(json.dumps(taken, indent=1), "utf-8")
            runs = {name: [Taken(*each) for each in found[warm_up:]] for name, found in taken.items() if found}
            size = f"{residents:,} residents{f' until {given.until}' if given.until else ''}"
            yield [Figure.of("Luotsi", size, name, runs[name]) for name in STEPS if runs.get(name)]
    for each in ("extracts", "home"):
        shutil.rmtree(folder / each, ignore_errors=True)


def exponent(sizes: list[int], values: list[float]) -> float:
    """The slope of log value over log size by least squares: 1 is proportional growth."""
    x, y = [math.log(each) for each in sizes], [math.log(max(each, 1e-9)) for each in values]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum((a - mean_x) ** 2 for a in x)


def with_exponents(found: dict[int, list[Figure]]) -> list[Figure]:
    """All figures; those of the largest size that has a step say how the step has grown up to it."""
    made: list[Figure] = []
    for size in sorted(found):
        for figure in found[size]:
            sizes = {other: each for other, all_ in sorted(found.items()) for each in all_ if each.step == figure.step}
            if size == max(sizes) and len(sizes) > 1:
                cpu = exponent([*sizes], [each.cpu[1] for each in sizes.values()])
                memory = exponent([*sizes], [each.peak[1] for each in sizes.values()])
                figure = replace(figure, note=f"exponents: CPU {cpu:.2f}, memory {memory:.2f}")
            made.append(figure)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", default="10000,30000,100000,300000,1000000")
    parser.add_argument("--years", default="2024..2024")
    parser.add_argument("--until", help="the last day of the last extract; where a year is too large")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="keep what a run has done here, and go on from it")
    parser.add_argument("--quick", action="store_true", help="1,000 and 2,000 residents, nothing kept")
    given = parser.parse_args()
    sizes = [1000, 2000] if given.quick else sorted(int(each) for each in given.residents.split(","))
    found: dict[int, list[Figure]] = {}
    with tempfile.TemporaryDirectory() as name:
        for size in sizes:
            for figures in one(size, given, (given.folder or Path(name)) / f"{size}"):
                found[size] = figures
                keep(HERE, QUESTION, with_exponents(found), quick=given.quick)


if __name__ == "__main__":
    main()
