"""Times every shipped measure, with all its dimensions, over made-up marts, beside reading the same columns once.

python benchmarks/measures/run.py [--contacts 30000000] [--persons 270000] [--times 5] [--folder DIR] [--quick]
"""

from __future__ import annotations

import argparse
import datetime
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
from data import CONTACTS, PERSONS, fill
from sqlglot import exp

from luotsi.concepts.reading import County, read_county
from luotsi.engine import segments
from luotsi.engine.marts.steps import Ground
from luotsi.engine.measures.plan import of_measure, passes
from luotsi.engine.measures.query import query

sys.path.append(str(Path(__file__).parents[1]))
from timing import ROOT, Figure, Taken, interleaved, keep, within

HERE = Path(__file__).parent
QUESTION = "How long do all shipped measures take, with every dimension, beside reading the same columns once?"
FIRST, LAST = datetime.date(2020, 1, 1), datetime.date(2024, 12, 1)
SEGMENTS, MEASURES, READ = "Luotsi, segments", "Luotsi, measures", "the same columns, read once a pass"


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--contacts", type=int, default=CONTACTS)
    words.add_argument("--persons", type=int, default=PERSONS)
    words.add_argument("--times", type=int, default=5)
    words.add_argument("--folder", type=Path, help="keeps the marts there (default: made and thrown away)")
    words.add_argument("--memory", default="8GB")
    words.add_argument("--only", default="", help="only the pass with this measure; nothing is kept")
    words.add_argument("--quick", action="store_true", help="30,000 contacts, two runs, nothing kept")
    given = words.parse_args()
    if given.quick:
        given.contacts, given.persons, given.times = 30_000, 270, 2
    county, _ = read_county(ROOT / "county")
    with tempfile.TemporaryDirectory() as name:
        con = opened((given.folder or Path(name)) / f"marts-{given.contacts}.duckdb", county, given)
        runs = interleaved(ways(con, county, given.only), given.times)
        con.close()
    size = f"{given.contacts:,} contacts, {given.persons:,} persons"
    figures = [Figure.of(way, size, "measures", runs[way], "in one process") for way in (MEASURES, READ)]
    if SEGMENTS in runs:
        figures.append(Figure.of(SEGMENTS, size, "segments", runs[SEGMENTS], "in one process"))
    keep(HERE, QUESTION, figures, quick=given.quick or bool(given.only))


def opened(file: Path, county: County, given: argparse.Namespace) -> duckdb.DuckDBPyConnection:
    """The marts, made where they are not there yet."""
    fresh = not file.exists()
    file.parent.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(str(file))
    con.execute(f"SET memory_limit = '{given.memory}'; SET threads = 2; SET preserve_insertion_order = false")
    con.execute("SET asof_loop_join_threshold = 0")
    if fresh:
        begun = time.monotonic()
        fill(con, county, contacts=given.contacts, persons=given.persons)
        segments.compute(con, county, first_month=FIRST, last_month=LAST)
        con.execute("CHECKPOINT")
        print(f"marts made in {time.monotonic() - begun:.1f} s, {file.stat().st_size / 1e9:.1f} GB")
    return con


def ways(con: duckdb.DuckDBPyConnection, county: County, only: str) -> dict[str, Callable[[], Taken]]:
    """Segments, then every pass of measures with the time of each printed, then a bare read of what the passes use."""
    ground = Ground(county, "marts", *(exp.cast(exp.Literal.string(str(each)), "date") for each in (FIRST, LAST)))
    asked = [
        each
        for each in passes(of_measure(each) for each in county.measures.values())
        if not only or only in [measure.name for measure in each.asked]
    ]

    def measured() -> None:
        rows = 0
        for each in asked:
            begun, busy = time.monotonic(), time.process_time()
            text = query(ground, county.measures, each).sql("duckdb")
            built = time.monotonic() - begun
            found = con.sql(text).to_arrow_table().num_rows
            took, cpu = time.monotonic() - begun, time.process_time() - busy
            names = ", ".join(measure.name for measure in each.asked)
            print(f"{took:7.2f} s  {cpu:7.2f} s cpu  {built:5.2f} s built  {found:8,} rows  {names}", flush=True)
            rows += found
        print(f"{rows:,} rows")

    def read() -> None:
        for each in asked:
            for scan in scans(query(ground, county.measures, each)):
                con.execute(scan).fetchall()

    found = {MEASURES: lambda: within(measured), READ: lambda: within(read)}
    if only:
        return found
    divided = {SEGMENTS: lambda: within(lambda: segments.compute(con, county, first_month=FIRST, last_month=LAST))}
    return divided | found


def scans(made: exp.Query) -> list[str]:
    """A query for each mart that a pass reads: the columns it uses, read once."""
    used: dict[str, set[str]] = {}
    for table in made.find_all(exp.Table):
        if table.db != "marts":
            continue
        select = table.find_ancestor(exp.Select)
        columns = {each.name for each in select.find_all(exp.Column) if each.table == table.alias} if select else set()
        used.setdefault(table.name, set()).update(columns)
    found: list[str] = []
    for name, columns in sorted(used.items()):
        read = ", ".join(f'max("{each}")' for each in sorted(columns)) or "count(*)"
        found.append(f"SELECT {read} FROM marts.{name}")
    return found


if __name__ == "__main__":
    main()
