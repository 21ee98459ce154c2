"""FHIR NDJSON to landed rows: our connector beside hand-written DuckDB SQL and plain json parsing, in one run.

Repeats the shared Synthea resources with new ids until there are 50,000 Patients and 500,000 Observations. Each way
writes the same columns to Parquet; the ways take turns, and the rows of ours and of the hand-written SQL are compared.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from luotsi.concepts.reading import read_record
from luotsi.concepts.records import Source
from luotsi.connectors.fhir import read

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data" / "synthea-fhir-r4" / "ndjson"
KEY = "CASE WHEN starts_with({0}, 'urn:uuid:') THEN substr({0}, 10) ELSE regexp_extract({0}, '([^/]+)$', 1) END"
CODE = "STRUCT(coding STRUCT(system VARCHAR, code VARCHAR)[])"
REFERENCE = "STRUCT(reference VARCHAR)"

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


def ours(source: Source, path: Path, to: Path, tables: tuple[str, ...]) -> None:
    for reading in read(source, path):
        if reading.table in tables:
            copied(reading.select, to.with_suffix(f".{reading.table}"))


def plain(path: Path, to: Path) -> None:
    """Python's own json, a row at a time, with the columns of the hand-written SQL that are plain members."""
    rows: dict[str, list[object]] = {name: [] for name in ("id", "status", "patient", "code", "value", "unit", "at")}
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            each = json.loads(line)
            quantity = each.get("valueQuantity", {})
            code = (each.get("code", {}).get("coding") or [{}])[0].get("code")
            values = (each.get("id"), each.get("status"), each.get("subject", {}).get("reference"), code)
            found = (*values, quantity.get("value"), quantity.get("unit"), each.get("effectiveDateTime"))
            for name, value in zip(rows, found, strict=True):
                rows[name].append(value)
    pq.write_table(pa.table(rows), to)


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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=50_000)
    parser.add_argument("--observations", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    if not SHARED.is_dir():
        print(f"The shared resources are not at {SHARED}.", file=sys.stderr)
        return 1
    source, _, faults = read_record(ROOT / "county" / "sources" / "fhir.yaml", Source)
    assert source is not None, faults
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        paths = {"Patient": made(folder, "Patient", given.patients)}
        paths["Observation"] = made(folder, "Observation", given.observations)
        size = sum(path.stat().st_size for path in paths.values())
        to = folder / "out.parquet"
        typed = {kind: sql.format(path=paths[kind]) for kind, sql in TYPED.items()}
        arrows = {kind: sql.format(path=paths[kind]) for kind, sql in ARROWS.items()}
        two = ("patient", "observation")

        def both(queries: dict[str, str]) -> None:
            for kind in paths:
                copied(queries.get(kind, typed[kind]), to)

        def connector(tables: tuple[str, ...]) -> None:
            for path in paths.values():
                ours(source, path, to, tables)

        ways: dict[str, Callable[[], None]] = {
            "hand-written SQL, one typed reading": lambda: both(typed),
            "hand-written SQL, a path a column": lambda: both(arrows),
            "our connector, the same two tables": lambda: connector(two),
            "our connector, with the components": lambda: connector((*two, "observation_component")),
        }
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for turn in range(given.rounds + 1):
            for name, work in ways.items():
                measured = timed(work)
                if turn:  # the first turn warms the page cache
                    found[name].append(measured)
        parsed = timed(lambda: plain(paths["Observation"], to))
        connector(two)
        equal = all(same(to.with_suffix(f".{kind.lower()}"), typed[kind]) for kind in paths)
    held = f"{given.patients:,} Patients and {given.observations:,} Observations"
    print(f"{held}, {size / 1e6:.0f} MB, {given.rounds} rounds")
    base = statistics.median(wall for wall, _ in found["hand-written SQL, one typed reading"])
    base_cpu = statistics.median(cpu for _, cpu in found["hand-written SQL, one typed reading"])
    print("| way | wall s | CPU s | wall ratio | CPU ratio |\n| --- | --- | --- | --- | --- |")
    for name, times in found.items():
        wall, cpu = (statistics.median(each[place] for each in times) for place in (0, 1))
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {wall / base:.2f} | {cpu / base_cpu:.2f} |")
    ratio = parsed[0] / base
    print(f"| plain json of Python, Observations only, once | {parsed[0]:.2f} | {parsed[1]:.2f} | {ratio:.2f} | |")
    print(f"rows equal: {equal}; peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0 if equal else 1


if __name__ == "__main__":
    raise SystemExit(main())
