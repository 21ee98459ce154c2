"""Makes the extracts of the benchmark as the lake holds them, and the small county they belong to.

Ten contacts a person; then a delta of 1 %: 70 % changed, 20 % new, 10 % sent again as they were. No value differs only
in case, in blanks, in `||` or between missing and `^^`, which hashed versions by AutomateDV's defaults would miss.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

LABEL = "{fi: a, sv: a, en: a}"
PLAIN = {"happened_at": "timestamp", "kind": "text", "unit_code": "text", "profession": "text", "urgent": "boolean"}
SENSITIVE = {"code": "text", "amount": "decimal", "note": "text"}
COLUMNS = ("contact_id", "person_id", *PLAIN, *SENSITIVE, "changed")


def write_county(root: Path) -> None:
    """Two concepts and one source: what the two loads agree on."""
    for folder in ("concepts", "sources", "codes"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    head = f"label: {LABEL}\ndefinition: d\nstandard: s\n"

    def attribute(name: str, kind: str, privacy: str, more: str = "") -> str:
        return f"  {name}: {{type: {kind}, privacy: {privacy}, label: {LABEL}, definition: d, standard: s{more}}}\n"

    person = attribute("person_id", "text", "identifying", ", required: true")
    (root / "concepts/person.yaml").write_text(f"concept: person\n{head}key: [person_id]\nattributes:\n{person}")
    contact = attribute("contact_id", "text", "plain", ", required: true")
    contact += attribute("person", "reference", "plain", ", refers: person")
    contact += "".join(attribute(name, kind, "plain") for name, kind in PLAIN.items())
    contact += "".join(attribute(name, kind, "sensitive") for name, kind in SENSITIVE.items())
    (root / "concepts/contact.yaml").write_text(
        f"concept: contact\n{head}key: [contact_id]\nhappens: happened_at\nattributes:\n{contact}"
    )
    filled = "".join(f"          {name}: {{value: {name}}}\n" for name in (*PLAIN, *SENSITIVE))
    (root / "sources/bench.yaml").write_text(
        f"source: bench\nlabel: {LABEL}\ndefinition: d\nowner: o\nconnector: csv\ntables:\n  contacts:\n"
        f"    files: [x]\n    changed_at: changed\n    columns: {{{', '.join(f'{c}: {{}}' for c in COLUMNS)}}}\n"
        "    into:\n      - concept: contact\n        key: {contact_id: {value: contact_id, system: $instance}}\n"
        f"        attributes:\n          person: {{value: person_id, system: hetu}}\n{filled}"
    )


def write_extracts(home: Path, contacts: int) -> None:
    """Two landed extracts under `home/lake`: the first load and the delta."""
    con = duckdb.connect(config={"temp_directory": str(home / "spill")})
    con.execute(
        "CREATE VIEW contacts AS SELECT 'C' || range AS contact_id, "
        f"md5('p' || (hash(range) % {contacts // 10})) AS person_id, "
        "strftime(TIMESTAMP '2019-01-01' + to_seconds((hash(range, 1) % 150000000)::BIGINT), '%Y-%m-%d %H:%M:%S') "
        "AS happened_at, 'kind' || hash(range, 2) % 7 AS kind, 'U' || hash(range, 3) % 300 AS unit_code, "
        "'P' || hash(range, 4) % 20 AS profession, (hash(range, 5) % 2)::VARCHAR AS urgent, "
        "'K' || hash(range, 6) % 900 AS code, (hash(range, 7) % 100000 / 100)::DECIMAL(10,2)::VARCHAR AS amount, "
        "CASE WHEN range % 3 = 0 THEN NULL ELSE 'note ' || hash(range, 8) % 1000000 END AS note, "
        f"'2024-01-01 00:00:00' AS changed FROM range({contacts})"
    )
    some = contacts // 100
    changed, new, again = some * 7 // 10, some * 2 // 10, some // 10
    con.execute(
        "CREATE TABLE delta AS "
        "SELECT * REPLACE ('Q' || code AS code, 'U1' AS unit_code, '2024-01-02 00:00:00' AS changed) "
        f"FROM contacts WHERE substr(contact_id, 2)::BIGINT % {contacts // changed} = 0 LIMIT {changed}"
    )
    con.execute(
        "INSERT INTO delta SELECT * REPLACE ('N' || contact_id AS contact_id, '2024-01-02 00:00:00' AS changed) "
        f"FROM contacts LIMIT {new}"
    )
    con.execute(
        "INSERT INTO delta SELECT * FROM contacts "
        f"WHERE substr(contact_id, 2)::BIGINT % {contacts // again} = 1 LIMIT {again}"
    )
    _write(con, home, "contacts", "20240101T000000-first", "2024-01-01T00:00:00", "full")
    _write(con, home, "delta", "20240102T000000-delta", "2024-01-02T00:00:00", "delta")


def _write(con: duckdb.DuckDBPyConnection, home: Path, table: str, name: str, created: str, delivery: str) -> None:
    folder = home / "lake/bench/contacts" / name
    folder.mkdir(parents=True, exist_ok=True)
    con.execute(
        f"COPY (SELECT row_number() OVER () + 1 AS _line, * FROM {table}) TO '{folder}/rows.parquet' "
        "(FORMAT parquet, COMPRESSION zstd)"
    )
    row = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    manifest = {
        "extract": name, "source": "bench", "instance": "bench", "table": "contacts", "created_at": created,
        "delivery": delivery, "rows_landed": row[0], "rows_quarantined": 0, "columns": list(COLUMNS),
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
