"""The same vault by hand-written DuckDB SQL: what an expert would write for these two hubs, link and satellites.

The same keys and effectivity: insert-only tables with `recorded_at`, a row only where something differs from the last
one. It takes the delta's rows to be later than what is loaded, and knows no late rows, quarantine or deletions.

python benchmarks/vault_load/by_hand.py DATABASE EXTRACT NUMBER SPILL MEMORY TOLD, run by `run.py`
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

sys.path.append(str(Path(__file__).parents[1]))
from timing import within

TABLES = """
CREATE SCHEMA vault;
CREATE TABLE vault.hub_contact (contact_key UUID, system VARCHAR, contact_id VARCHAR, load INTEGER);
CREATE TABLE vault.hub_person (person_key UUID, system VARCHAR, person_id VARCHAR, load INTEGER);
CREATE TABLE vault.link (contact_key UUID, recorded_at TIMESTAMP, load INTEGER, person_key UUID);
CREATE TABLE vault.plain (contact_key UUID, recorded_at TIMESTAMP, load INTEGER, happened_at TIMESTAMP, kind VARCHAR,
  unit_code VARCHAR, profession VARCHAR, urgent BOOLEAN);
CREATE TABLE vault.sensitive (contact_key UUID, recorded_at TIMESTAMP, load INTEGER, code VARCHAR,
  amount DECIMAL(18, 6), note VARCHAR);
"""
STAGE = """
CREATE OR REPLACE TEMP TABLE staged AS SELECT
  md5_number(concat('5:bench', length(contact_id), ':', contact_id))::UUID AS contact_key, contact_id,
  md5_number(concat('4:hetu', length(person_id), ':', person_id))::UUID AS person_key, person_id,
  changed::TIMESTAMP AS recorded_at, happened_at::TIMESTAMP AS happened_at, nullif(kind, '') AS kind,
  nullif(unit_code, '') AS unit_code, nullif(profession, '') AS profession, urgent::BOOLEAN AS urgent,
  nullif(code, '') AS code, amount::DECIMAL(18, 6) AS amount, nullif(note, '') AS note
FROM read_parquet($file);
"""
HUBS = (
    "INSERT INTO vault.hub_contact SELECT contact_key, 'bench', any_value(contact_id), $load FROM staged "
    "ANTI JOIN vault.hub_contact USING (contact_key) GROUP BY contact_key",
    "INSERT INTO vault.hub_person SELECT person_key, 'hetu', any_value(person_id), $load FROM staged "
    "ANTI JOIN vault.hub_person USING (person_key) GROUP BY person_key",
)
CONTENT = {
    "link": ("person_key",),
    "plain": ("happened_at", "kind", "unit_code", "profession", "urgent"),
    "sensitive": ("code", "amount", "note"),
}


def load(con: duckdb.DuckDBPyConnection, file: str, number: int) -> None:
    """Loads one Parquet file as load `number`."""
    if number == 1:
        con.execute(TABLES)
    con.execute("BEGIN")
    con.execute(STAGE, {"file": file})
    for statement in HUBS:
        con.execute(statement, {"load": number})
    for table, columns in CONTENT.items():
        con.execute(_versions(table, columns, number == 1), {"load": number})
    con.execute("COMMIT")


def _versions(table: str, columns: tuple[str, ...], empty: bool) -> str:
    listed = ", ".join(f"s.{each}" for each in columns)
    insert = f"INSERT INTO vault.{table} SELECT s.contact_key, s.recorded_at, $load, {listed} FROM staged AS s"
    if empty:
        return insert
    differs = " OR ".join(f"s.{each} IS DISTINCT FROM last.{each}" for each in columns)
    last = (
        f"SELECT * FROM vault.{table} SEMI JOIN staged USING (contact_key) "
        "QUALIFY row_number() OVER (PARTITION BY contact_key ORDER BY recorded_at DESC) = 1"
    )
    return f"{insert} LEFT JOIN ({last}) AS last USING (contact_key) WHERE last.contact_key IS NULL OR {differs}"


def main() -> None:
    database, extract, number, spill, memory, told = sys.argv[1:]

    def work() -> None:
        config = {"memory_limit": memory, "temp_directory": spill, "preserve_insertion_order": False}
        with duckdb.connect(database, config=config) as con:
            load(con, extract, int(number))

    Path(told).write_text(json.dumps(within(work)))


if __name__ == "__main__":
    main()
