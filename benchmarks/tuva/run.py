"""Times readmissions and chronic conditions in The Tuva Project and in Luotsi, and checks that they agree.

python benchmarks/tuva/run.py [--persons 20000] [--times 5] [--tuva FOLDER] [--work DIR] [--envs DIR] [--quick]
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import duckdb

ROOT = Path(__file__).parent
sys.path.append(str(ROOT.parent))

import data  # noqa: E402
import ours  # noqa: E402
import timing  # noqa: E402
from tuva import Months, Tuva, ready  # noqa: E402

LUOTSI = Path(sys.executable).parent / "luotsi"
KNOWN = {"K3": ((20, 40), (20, 20)), "K4": ((40, 60), (20, 20)), "KU": ((0, 20), (20, 20))}
"""Ward -> unplanned readmissions and index admissions as Tuva counts them, and as our measure does: see README.md."""
WHOLE, ALONE = "from files to the tables", "the tables alone"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--persons", type=int, default=data.PERSONS)
    words.add_argument("--times", type=int, default=5)
    words.add_argument(
        "--tuva", type=Path, help="a folder with the packages of Tuva, one folder each; without it, dbt deps"
    )
    words.add_argument("--work", type=Path, help="where to work; a temporary folder without it")
    words.add_argument("--envs", type=Path, default=timing.ENVS)
    words.add_argument("--quick", action="store_true", help="2,000 persons, once, nothing kept")
    given = words.parse_args()
    persons, times = (2_000, 1) if given.quick else (given.persons, given.times)
    if given.work:
        given.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.work) as name:
        work = Path(name)
        data.write(work, persons)
        tuva = ready(work, work / "tuva", given.envs, given.tuva)
        print("The Tuva Project, first run, with a full parse", flush=True)
        first = tuva.build()
        ways = {
            "luotsi": lambda: build(work),
            "tuva": tuva.build,
            "luotsi, tables": lambda: luotsi(work, "measures"),
            "tuva, tables": tuva.tables,
            "luotsi, release": lambda: release(work),
        }
        found = timing.interleaved(ways, times)
        if faults := unequal(tuva, work):
            raise SystemExit("The two do not agree as they should:\n" + "\n".join(faults))
        print("All counts agree, but for the known differences.")
    size = f"{persons:,} persons"
    timing.keep(
        ROOT,
        "The readmission and chronic-condition tables of The Tuva Project beside ours",
        [
            timing.Figure.of("Luotsi", size, WHOLE, found["luotsi"]),
            timing.Figure.of("The Tuva Project 0.18", size, WHOLE, found["tuva"], "parsed before"),
            timing.Figure.of("The Tuva Project 0.18", size, WHOLE, [first], "first run, parses all"),
            timing.Figure.of(
                "Luotsi", size, WHOLE, found["luotsi, release"], "every measure, released, three commands"
            ),
            timing.Figure.of("Luotsi", size, ALONE, found["luotsi, tables"]),
            timing.Figure.of("The Tuva Project 0.18", size, ALONE, found["tuva, tables"], "parsed before"),
        ],
        quick=given.quick,
    )


def luotsi(work: Path, step: str) -> timing.Taken:
    return timing.timed([sys.executable, str(ROOT / "ours.py"), step, str(work / "home"), str(work / "extracts")])


def build(work: Path) -> timing.Taken:
    """Land, load, marts and the compared measures, into an empty home."""
    shutil.rmtree(work / "home", ignore_errors=True)
    return luotsi(work, "build")


def release(work: Path) -> timing.Taken:
    """As people run it: three commands, every measure of the county, small cells hidden."""
    shutil.rmtree(work / "released", ignore_errors=True)
    place = f"--home {work}/released --county {ROOT}/county"
    span = f"--first {ours.FIRST:%Y-%m} --last {ours.LAST:%Y-%m}"
    script = (
        f"{LUOTSI} land hospital {work}/extracts {place} && {LUOTSI} load {place} && {LUOTSI} release {span} {place}"
    )
    return timing.timed(["sh", "-c", script])


def unequal(tuva: Tuva, work: Path) -> list[str]:
    """A sentence for each count on which the two disagree and should not, or agree and should not."""
    faults: list[str] = []
    theirs, mine = tuva.readmissions(), readmissions(work)
    for cell in sorted(theirs.keys() | mine.keys()):
        if cell[1] not in KNOWN and theirs.get(cell) != mine.get(cell):
            faults.append(f"readmissions in {cell}: Tuva {theirs.get(cell)}, Luotsi {mine.get(cell)}")
    for ward, expected in KNOWN.items():
        if (got := (summed(theirs, ward), summed(mine, ward))) != expected:
            faults.append(f"the known difference in ward {ward} should be {expected}, and is {got}")
    diagnosed = conditions(work)
    for name, persons in tuva.conditions().items():
        print(f"{name}: Tuva {persons}, Luotsi {diagnosed.get(name)}")
        if persons != diagnosed.get(name) or not persons:
            faults.append(f"{name}: Tuva {persons}, Luotsi {diagnosed.get(name)}")
    if (longest := tuva.longest()) != 1:
        faults.append(
            f"Tuva gave every stay the length 1 when choosing among overlapping ones; now the longest is {longest}"
        )
    for who, cells in (("Tuva", theirs), ("Luotsi", mine)):
        apart = [counts for (_, ward), counts in cells.items() if ward not in KNOWN]
        (back, all_), (back_apart, all_apart) = totals(cells.values()), totals(apart)
        print(
            f"{who}: {all_} index admissions, {back} readmissions; {all_apart}, {back_apart} without the planted wards"
        )
        if not 0 < back_apart < all_apart:
            faults.append(f"{who} finds {back_apart} readmissions of {all_apart}: nothing is compared")
    return faults


def totals(counts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Unplanned readmissions and index admissions of several cells."""
    held = list(counts)
    return sum(back for back, _ in held), sum(all_ for _, all_ in held)


def summed(cells: Months, ward: str) -> tuple[int, int]:
    """Unplanned readmissions and index admissions of a ward."""
    return totals(counts for (_, each), counts in cells.items() if each == ward)


def readmissions(work: Path) -> Months:
    """Our unplanned readmissions and index admissions by month and ward."""
    rows = duckdb.execute(
        'SELECT period, substr("group", 6), numerator, denominator FROM read_parquet(?) '
        "WHERE measure = 'tuva_readmission' AND length(period) = 7 AND period NOT LIKE '%Q%' "
        "AND starts_with(\"group\", 'ward=') AND denominator > 0",
        [str(ours.results(work / "home"))],
    ).fetchall()
    return {(month, ward): (int(back), int(all_)) for month, ward, back, all_ in rows}


def conditions(work: Path) -> dict[str, int]:
    """Our number of persons with each condition at the end of the last year."""
    rows = duckdb.execute(
        "SELECT measure, numerator FROM read_parquet(?) "
        "WHERE period = ? AND \"group\" = '' AND measure <> 'tuva_readmission'",
        [str(ours.results(work / "home")), str(ours.LAST.year)],
    ).fetchall()
    return {name: int(persons) for name, persons in rows}


if __name__ == "__main__":
    main()
