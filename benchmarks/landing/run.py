"""Landing of one large file of separated text beside a plain copy by DuckDB, and of many small files.

The large file has two identifier columns, persons and professionals. Ways take turns, each in its own process.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from luotsi.concepts.reading import County, read_county
from luotsi.jobs.landing import land
from luotsi.jobs.tests.fabricated import CONCEPTS, attribute, county

MADE = """
    'V' || lpad(i::VARCHAR, 9, '0') AS visit_id, 'P' || hash(i) % {persons} AS person,
    'D' || hash(i * 7 + 1) % 500 AS professional, 'U' || hash(i * 3) % 300 AS unit,
    strftime(TIMESTAMP '2023-01-01' + to_seconds((hash(i * 5) % 63072000)::INT), '%d.%m.%Y %H:%M:%S') AS started,
    strftime(TIMESTAMP '2023-01-01' + to_seconds((hash(i * 5) % 63072000)::INT + 1200), '%d.%m.%Y %H:%M:%S') AS ended,
    'R' || 10 + hash(i * 11) % 90 AS kind, 'T' || hash(i * 13) % 30 AS form,
    CASE WHEN hash(i * 17) % 4 > 0 THEN 'K' || hash(i * 17) % 20 END AS urgency, 'ok' AS status,
    (hash(i * 19) % 1000)::VARCHAR AS minutes, CASE hash(i * 23) % 2 WHEN 0 THEN 'SH' ELSE 'TH' END AS nature
"""
COLUMNS = [
    "visit_id",
    "person",
    "professional",
    "unit",
    "started",
    "ended",
    "kind",
    "form",
    "urgency",
    "status",
    "minutes",
    "nature",
]
NAME = "clinic_north_visits_20240102_delta.csv"


def of_visits(folder: Path) -> County:
    """A county whose clinic sends visits."""
    ward = {"key": ["professional_id"], "attributes": {"professional_id": attribute("text", "identifying")}}
    visit = {
        "key": ["visit_id"],
        "attributes": {
            "visit_id": attribute("text"),
            "person": attribute("reference", refers="person"),
            "professional": attribute("reference", refers="professional"),
            **{column: attribute("code") for column in COLUMNS[3:]},
        },
    }
    CONCEPTS.update(professional=ward, visit=visit)
    own = {column: {"value": column} for column in COLUMNS[3:]}
    of = {column: {"value": column, "system": "$instance"} for column in COLUMNS[1:3]}
    key = {"visit_id": {"value": "visit_id", "system": "$instance"}}
    into = [{"concept": "visit", "key": key, "attributes": {**own, **of}}]
    table = {"files": ["clinic_*_visits_*.csv"], "columns": {column: {} for column in COLUMNS}, "into": into}
    return county(folder / "county", tables={"visits": table})


def ours(folder: Path, of: County) -> None:
    (result,) = land(folder / "home", of, "clinic", [folder / NAME])
    assert result.error is None, result.error


def plain(folder: Path, _: County) -> None:
    columns = ", ".join(f"'{column}': 'VARCHAR'" for column in COLUMNS)
    with duckdb.connect() as con:
        con.execute(
            f"COPY (FROM read_csv('{folder / NAME}', auto_detect = false, header = true, delim = ';', quote = '\"', "
            f"escape = '\"', columns = {{{columns}}})) TO '{folder / 'plain.parquet'}' "
            "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880)"
        )


def small(files: Path, home: Path) -> int:
    of = read_county(Path(__file__).parents[2] / "county")[0]
    count = 0
    for name, source in of.sources.items():
        mine = sorted(files.glob(f"{name}_*.csv")) if source.connector == "csv" else []
        results = land(home, of, name, mine)
        assert all(each.error is None for each in results), results
        count += len(results)
    return count


def apart(work: Callable[[], object]) -> tuple[float, float, float]:
    """Seconds by the clock, seconds of work and MB at the most of a process that does the work."""
    ours_end, theirs = multiprocessing.get_context("fork").Pipe()

    def run() -> None:
        clock, used = time.perf_counter(), time.process_time()
        work()
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        theirs.send((time.perf_counter() - clock, time.process_time() - used, most))

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join()
    assert process.exitcode == 0
    return ours_end.recv()


def said(name: str, runs: list[tuple[float, float, float]]) -> None:
    clock, used, most = (sorted(column) for column in zip(*runs, strict=True))
    print(
        f"{name:8} {statistics.median(clock):6.2f} s ({clock[0]:.2f}-{clock[-1]:.2f}), work "
        f"{statistics.median(used):6.2f} s ({used[0]:.2f}-{used[-1]:.2f}), {most[-1]:.0f} MB at the most"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--persons", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--files", type=Path, help="a folder of `luotsi synth` to land too")
    given = parser.parse_args()
    runs: dict[str, list[tuple[float, float, float]]] = {"plain": [], "ours": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        of = of_visits(folder)
        # In a process of its own, as a database's threads do not outlive a fork.
        make = f"COPY (SELECT {MADE.format(persons=given.persons)} FROM range({given.rows}) AS t(i)) "
        apart(lambda: duckdb.sql(make + f"TO '{folder / NAME}' (HEADER, DELIMITER ';')"))
        for turn in range(given.rounds + 1):
            for way, work in (("plain", plain), ("ours", ours)):
                result = apart(lambda work=work: work(folder, of))
                if turn:  # the first is a warm-up
                    runs[way].append(result)
                apart(lambda: shutil.rmtree(folder / "home", ignore_errors=True))
        for way, results in runs.items():
            said(way, results)
        clocks, works = (
            [statistics.median(each[place] for each in runs[way]) for way in ("ours", "plain")] for place in (0, 1)
        )
        print(f"ours / plain: {clocks[0] / clocks[1]:.2f} by the clock, {works[0] / works[1]:.2f} by work")
        if given.files:
            count = len([*given.files.glob("*_*_*.csv")])
            several = [apart(lambda turn=turn: small(given.files, folder / f"home{turn}")) for turn in range(3)]
            said("small", several)
            middle = statistics.median(each[1] for each in several)
            print(f"{count} small files: {1000 * middle / count:.0f} ms of work each, reading the county's content too")


if __name__ == "__main__":
    main()
