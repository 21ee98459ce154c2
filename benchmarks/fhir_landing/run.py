"""FHIR NDJSON to rows: our connector and our whole landing beside hand-written DuckDB SQL, in one run.

Repeats the shared Synthea resources with new ids until there are 50,000 Patients and 500,000 Observations. Each way
writes the same columns to Parquet; the ways take turns, and the rows of ours and of the hand-written SQL are compared.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb

from luotsi.concepts.reading import County, read_county, read_record
from luotsi.concepts.records import Source
from luotsi.connectors.fhir import read
from luotsi.connectors.fhir.reader import LARGE
from luotsi.jobs.landing import land

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data" / "synthea-fhir-r4" / "ndjson"
KEY = "CASE WHEN starts_with({0}, 'urn:uuid:') THEN substr({0}, 10) ELSE regexp_extract({0}, '([^/]+)$', 1) END"
CODE = "STRUCT(coding STRUCT(system VARCHAR, code VARCHAR)[])"
REFERENCE = "STRUCT(reference VARCHAR)"

BASE = "hand-written SQL, one typed reading"
OURS = "our connector, the same two tables"
LANDING = "our whole landing, with the components"
SHORT = (BASE, OURS, LANDING)
TYPED = {
    "Observation": f"""
        SELECT id AS observation_id, status, category[1].coding[1].code AS category, meta.profile[1] AS profile,
          {KEY.format("subject.reference")} AS patient, code.coding[1].code AS code, valueQuantity."value" AS value,
          valueQuantity.unit AS unit, valueQuantity.comparator AS operator, valueInteger AS value_integer,
          valueCodeableConcept.coding[1].code AS value_code, effectiveDateTime AS taken_at,
          effectivePeriod.start AS taken_from, issued
        FROM read_json('{{path}}', format = 'newline_delimited', columns = {{{{id: 'VARCHAR', status: 'VARCHAR',
          category: '{CODE}[]', meta: 'STRUCT(profile VARCHAR[])', subject: '{REFERENCE}', code: '{CODE}',
          valueQuantity: 'STRUCT("value" VARCHAR, unit VARCHAR, comparator VARCHAR)', valueInteger: 'VARCHAR',
          valueCodeableConcept: '{CODE}', effectiveDateTime: 'VARCHAR', effectivePeriod: 'STRUCT(start VARCHAR)',
          issued: 'VARCHAR'}}}})""",
    "Patient": """
        SELECT id AS patient_id,
          list_filter(identifier, lambda x: x.system = 'urn:oid:1.2.246.21')[1]."value" AS hetu,
          array_to_string(name[1].given, ' ') || ' ' || name[1].family AS name,
          list_filter(telecom, lambda x: x.system = 'phone')[1]."value" AS phone,
          array_to_string(address[1].line, ', ') AS address, address[1].postalCode AS postal_code,
          birthDate AS birth_date, gender, deceasedDateTime AS died_at,
          communication[1].language.coding[1].code AS language,
          list_filter(extension, lambda x: x.valueCoding.system IN
            ('urn:oid:1.2.246.537.6.21', 'urn:oid:1.2.246.537.6.21.2003'))[1].valueCoding.code AS municipality,
          coalesce(len(list_filter(meta.security, lambda x: x.code = 'TURVAKIELTO')) > 0, false)::VARCHAR
            AS security_block,
          coalesce(len(list_filter(meta.security, lambda x: x.code = 'HTEST')) > 0, false)::VARCHAR AS is_test
        FROM read_json('{path}', format = 'newline_delimited', columns = {{id: 'VARCHAR',
          identifier: 'STRUCT(system VARCHAR, "value" VARCHAR)[]', name: 'STRUCT(given VARCHAR[], family VARCHAR)[]',
          telecom: 'STRUCT(system VARCHAR, "value" VARCHAR)[]', address: 'STRUCT(line VARCHAR[], postalCode VARCHAR)[]',
          birthDate: 'VARCHAR', gender: 'VARCHAR', deceasedDateTime: 'VARCHAR',
          communication: 'STRUCT("language" STRUCT(coding STRUCT(code VARCHAR)[]))[]',
          extension: 'STRUCT(valueCoding STRUCT(system VARCHAR, code VARCHAR))[]',
          meta: 'STRUCT(security STRUCT(code VARCHAR)[])'}})""",
}
"""What an engineer who knows the data would write: one typed reading. It stops at the first broken line."""

ARROWS = {
    "Observation": f"""
        SELECT json->>'$.id' AS observation_id, json->>'$.status' AS status,
          json->>'$.category[0].coding[0].code' AS category, json->>'$.meta.profile[0]' AS profile,
          {KEY.format("(json->>'$.subject.reference')")} AS patient, json->>'$.code.coding[0].code' AS code,
          json->>'$.valueQuantity.value' AS value, json->>'$.valueQuantity.unit' AS unit,
          json->>'$.valueQuantity.comparator' AS operator, json->>'$.valueInteger' AS value_integer,
          json->>'$.valueCodeableConcept.coding[0].code' AS value_code, json->>'$.effectiveDateTime' AS taken_at,
          json->>'$.effectivePeriod.start' AS taken_from, json->>'$.issued' AS issued
        FROM read_ndjson_objects('{{path}}')""",
}
"""What is written first: a path for each column."""


def made(folder: Path, kind: str, count: int) -> Path:
    """The shared resources of a type over and over, each round with ids of its own."""
    path = folder / f"{kind}.ndjson"
    lines = gzip.decompress((SHARED / f"{kind}.ndjson.gz").read_bytes()).decode("utf-8").split("\n")[:-1]
    with path.open("w", encoding="utf-8") as stream:
        for place in range(count):
            turn = f"{place // len(lines):04x}"
            line = lines[place % len(lines)].replace('"id":"', f'"id":"{turn}', 1)
            stream.write(line.replace("urn:uuid:", f"urn:uuid:{turn}") + "\n")
    return path


def copied(select: str, to: Path) -> None:
    with duckdb.connect() as con:
        con.execute("SET temp_directory = ''")
        con.execute(f"COPY ({select}) TO '{to}' (FORMAT parquet)")


def ours(source: Source, path: Path, to: Path, tables: tuple[str, ...], large: int) -> None:
    for reading in read(source, path, large=large):
        if reading.table in tables:
            copied(reading.select, to.with_suffix(f".{reading.table}"))


def same(ours_file: Path, select: str) -> bool:
    names = [row[0] for row in duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet('{ours_file}')").fetchall()]
    listed = ", ".join(f'nullif("{name}", \'\') AS "{name}"' for name in names)
    mine, theirs = f"SELECT {listed} FROM read_parquet('{ours_file}')", f"SELECT {listed} FROM ({select})"
    query = f"SELECT count(*) FROM (({mine}) EXCEPT ALL ({theirs}))"
    return duckdb.sql(query).fetchall() == [(0,)] and duckdb.sql(
        f"SELECT (SELECT count(*) FROM ({mine})) = (SELECT count(*) FROM ({theirs}))"
    ).fetchall() == [(True,)]


def timed(work: Callable[[], None]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def landed(county: County, paths: Iterable[Path], folder: Path) -> None:
    """The whole landing of the files in a home of its own: digest, reading, pseudonyms, encryption, manifests."""
    home = Path(tempfile.mkdtemp(dir=folder))
    try:
        for each in land(home, county, "fhir", paths, created_at=datetime.datetime(2025, 1, 1)):
            if each.error:
                raise SystemExit(each.error)
    finally:
        shutil.rmtree(home)


def ways(source: Source, county: County, paths: dict[str, Path], folder: Path) -> dict[str, Callable[[], None]]:
    """Name -> what is timed."""
    to = folder / "out.parquet"
    typed = {kind: sql.format(path=paths[kind]) for kind, sql in TYPED.items()}
    arrows = typed | {kind: sql.format(path=paths[kind]) for kind, sql in ARROWS.items()}

    def written(queries: dict[str, str]) -> None:
        for query in queries.values():
            copied(query, to)

    def connector(tables: tuple[str, ...], *, large: int = LARGE) -> None:
        for path in paths.values():
            ours(source, path, to, tables, large)

    two = ("patient", "observation")
    return {
        BASE: lambda: written(typed),
        "hand-written SQL, a path a column": lambda: written(arrows),
        OURS: lambda: connector(two),
        "our connector, the careful reading": lambda: connector(two, large=1 << 60),
        "our connector, with the components": lambda: connector((*two, "observation_component")),
        LANDING: lambda: landed(county, paths.values(), folder),
    }


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def shown(found: dict[str, list[tuple[float, float]]]) -> None:
    print("| way | wall s | CPU s | wall ratio | CPU ratio |\n| --- | --- | --- | --- | --- |")
    base = [statistics.median(each[place] for each in found[BASE]) for place in (0, 1)]
    for name, times in found.items():
        columns = [[each[place] for each in times] for place in (0, 1)]
        ratios = [f"{statistics.median(column) / of:.2f}" for column, of in zip(columns, base, strict=True)]
        print(f"| {name} | {' | '.join([*map(spread, columns), *ratios])} |")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=50_000)
    parser.add_argument("--observations", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--short", action="store_true", help="only the typed SQL, our connector and our whole landing")
    given = parser.parse_args()
    if not SHARED.is_dir():
        print(f"The shared resources are not at {SHARED}.", file=sys.stderr)
        return 1
    source, _, faults = read_record(ROOT / "county" / "sources" / "fhir.yaml", Source)
    assert source is not None, faults
    county, _ = read_county(ROOT / "county")
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        counts = {"Patient": given.patients, "Observation": given.observations}
        paths = {kind: made(folder, kind, count) for kind, count in counts.items()}
        size = sum(path.stat().st_size for path in paths.values())
        timings: dict[str, list[tuple[float, float]]] = {}
        for turn in range(given.rounds + 1):
            for name, work in ways(source, county, paths, folder).items():
                if given.short and name not in SHORT:
                    continue
                measured = timed(work)
                if turn:  # the first turn warms the page cache
                    timings.setdefault(name, []).append(measured)
        for path in paths.values():
            ours(source, path, folder / "out.parquet", ("patient", "observation"), LARGE)
        equal = all(same(folder / f"out.{kind.lower()}", TYPED[kind].format(path=paths[kind])) for kind in paths)
    held = f"{given.patients:,} Patients and {given.observations:,} Observations"
    print(f"{held}, {size / 1e6:.0f} MB, {given.rounds} rounds, load {os.getloadavg()[0]:.1f}")
    shown(timings)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"rows equal: {equal}; peak memory {peak:.0f} MB")
    return 0 if equal else 1


if __name__ == "__main__":
    raise SystemExit(main())
