"""Times every shipped measure, with all its dimensions, over made-up marts, beside reading the same columns once.

python benchmarks/measures/run.py [--contacts 30000000] [--persons 270000] [--folder DIR]
"""

from __future__ import annotations

import argparse
import datetime
import resource
import tempfile
import time
from pathlib import Path

import duckdb
from data import CONTACTS, PERSONS, fill
from sqlglot import exp

from luotsi.concepts.reading import read_county
from luotsi.engine import segments
from luotsi.engine.marts.steps import Ground
from luotsi.engine.measures.plan import of_measure, passes
from luotsi.engine.measures.query import query

FIRST, LAST = datetime.date(2020, 1, 1), datetime.date(2024, 12, 1)


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--contacts", type=int, default=CONTACTS)
    words.add_argument("--persons", type=int, default=PERSONS)
    words.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    words.add_argument("--memory", default="8GB")
    words.add_argument("--only", default="")
    words.add_argument("--no-segments", action="store_true")
    given = words.parse_args()
    county, _ = read_county(Path(__file__).parents[2] / "county")
    file = given.folder / f"marts-{given.contacts}.duckdb"
    fresh = not file.exists()
    con = duckdb.connect(str(file))
    con.execute(f"SET memory_limit = '{given.memory}'; SET threads = 2; SET preserve_insertion_order = false")
    con.execute("SET asof_loop_join_threshold = 0")
    if fresh:
        begun = time.monotonic()
        fill(con, county, contacts=given.contacts, persons=given.persons)
        con.execute("CHECKPOINT")
        print(f"marts made in {time.monotonic() - begun:.1f} s, {file.stat().st_size / 1e9:.1f} GB")
    divided = divided_busy = 0.0
    if fresh or not given.no_segments:
        begun, busy = time.monotonic(), time.process_time()
        segments.compute(con, county, first_month=FIRST, last_month=LAST)
        divided, divided_busy = time.monotonic() - begun, time.process_time() - busy
        print(f"segments: {divided:.2f} s  {divided_busy:.2f} s cpu", flush=True)
    ground = Ground(county, "marts", *(exp.cast(exp.Literal.string(str(each)), "date") for each in (FIRST, LAST)))
    whole = read = busy_all = 0.0
    rows = 0
    for a_pass in passes(of_measure(each) for each in county.measures.values()):
        names = [each.name for each in a_pass.asked]
        if given.only and given.only not in names:
            continue
        begun, busy = time.monotonic(), time.process_time()
        made = query(ground, county.measures, a_pass)
        text = made.sql("duckdb")
        built = time.monotonic() - begun
        found = con.sql(text).to_arrow_table()
        took, cpu = time.monotonic() - begun, time.process_time() - busy
        begun = time.monotonic()
        for scan in scans(made):
            con.execute(scan).fetchall()
        scanned = time.monotonic() - begun
        whole, read, rows, busy_all = whole + took, read + scanned, rows + found.num_rows, busy_all + cpu
        times = f"{took:7.2f} s  {cpu:7.2f} s cpu  {scanned:6.2f} s read  {built:5.2f} s built"
        print(f"{times}  {found.num_rows:8,} rows  {', '.join(names)}", flush=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    times = f"{whole:7.2f} s  {busy_all:7.2f} s cpu  {read:6.2f} s read, {whole / read:.2f} times"
    print(f"measures: {times}; {rows:,} rows; peak {memory:.1f} GB")
    print(f"with segments: {whole + divided:.2f} s  {busy_all + divided_busy:.2f} s cpu")


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
