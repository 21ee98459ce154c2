"""Landing of one large file of separated text beside a plain copy by DuckDB, and of many small files.

The large file has two identifier columns, persons and professionals. Ways take turns, each in its own process.

python benchmarks/landing/run.py [--rows 2000000] [--persons 200000] [--times 5] [--quick]
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import duckdb
from ours import COLUMNS

sys.path.append(str(Path(__file__).parents[1]))
from timing import Figure, Taken, interleaved, keep, timed

HERE = Path(__file__).parent
QUESTION = "What does landing cost beside a plain copy to Parquet by DuckDB, and what do small files cost?"
MADE = """
    'V' || lpad(i::VARCHAR, 9, '0') AS visit_id, 'P' || hash(i) % {persons} AS person,
    'D' || hash(i * 7 + 1) % 500 AS professional, 'U' || hash(i * 3) % 300 AS unit,
    strftime(TIMESTAMP '2023-01-01' + to_seconds((hash(i * 5) % 63072000)::INT), '%d.%m.%Y %H:%M:%S') AS started,
    strftime(TIMESTAMP '2023-01-01' + to_seconds((hash(i * 5) % 63072000)::INT + 1200), '%d.%m.%Y %H:%M:%S') AS ended,
    'R' || 10 + hash(i * 11) % 90 AS kind, 'T' || hash(i * 13) % 30 AS form,
    CASE WHEN hash(i * 17) % 4 > 0 THEN 'K' || hash(i * 17) % 20 END AS urgency, 'ok' AS status,
    (hash(i * 19) % 1000)::VARCHAR AS minutes, CASE hash(i * 23) % 2 WHEN 0 THEN 'SH' ELSE 'TH' END AS nature
"""
NAME = "clinic_north_visits_20240102_delta.csv"
OURS, PLAIN, SMALL = "Luotsi", "plain copy by DuckDB", "Luotsi, small files"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--persons", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--years", default="2023..2024", help="of the small files of 1,000 residents")
    parser.add_argument("--quick", action="store_true", help="20,000 rows, files of a year, two runs, nothing kept")
    given = parser.parse_args()
    if given.quick:
        given.rows, given.persons, given.times, given.years = 20_000, 2_000, 2, "2024..2024"
    alone: dict[str, list[Taken]] = {OURS: [], PLAIN: []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, home, told, files = folder / NAME, folder / "home", folder / "told", folder / "files"
        made = f"COPY (SELECT {MADE.format(persons=given.persons)} FROM range({given.rows}) AS t(i)) "
        duckdb.sql(made + f"TO '{file}' (HEADER, DELIMITER ';')")

        synth = [str(Path(sys.executable).with_name("luotsi")), "synth", str(files)]
        timed([*synth, "--residents", "1000", "--years", given.years])

        def landed(what: str, of: Path) -> Taken:
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir()
            return timed([sys.executable, str(HERE / "ours.py"), what, str(home), str(of), str(told)])

        def noted(way: str, taken: Taken) -> Taken:
            alone[way].append(Taken(*json.loads(told.read_text())))
            return taken

        plain = [sys.executable, str(HERE / "plain.py"), str(file), str(folder / "plain.parquet"), str(told), *COLUMNS]
        ways = {
            OURS: lambda: noted(OURS, landed("visits", file)),
            PLAIN: lambda: noted(PLAIN, timed(plain)),
            SMALL: lambda: landed("small", files),
        }
        count = len([*files.glob("*_*_*.csv")])
        runs = interleaved(ways, given.times)
    size = f"{given.rows:,} rows"
    figures = [Figure.of(way, size, "one file", runs[way]) for way in (OURS, PLAIN)]
    figures += [Figure.of(way, size, "one file, the work alone", alone[way][-given.times :]) for way in (OURS, PLAIN)]
    figures.append(Figure.of(OURS, f"{count} files", "small files", runs[SMALL]))
    keep(HERE, QUESTION, figures, quick=given.quick)


if __name__ == "__main__":
    main()
