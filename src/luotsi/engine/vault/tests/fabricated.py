"""A small county and landed extracts made by hand, for the tests of the vault."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from luotsi.concepts.reading import County, read_county
from luotsi.engine.vault import Versions, load, state_of

LABEL = "{fi: a, sv: a, en: a}"


def attribute(kind: str, privacy: str = "plain", **more: str) -> str:
    """One attribute of a concept as YAML flow."""
    extra = "".join(f", {name}: {value}" for name, value in more.items())
    return f"{{type: {kind}, privacy: {privacy}, label: {LABEL}, definition: d, standard: s{extra}}}"


PERSON = f"""
concept: person
label: {LABEL}
definition: d
standard: s
key: [person_id]
attributes:
  person_id: {attribute("text", "identifying", required="true")}
  name: {attribute("text", "identifying")}
"""
CONTACT = f"""
concept: contact
label: {LABEL}
definition: d
standard: s
key: [contact_id]
happens: happened_at
attributes:
  contact_id: {attribute("text", required="true")}
  person: {attribute("reference", refers="person")}
  happened_at: {attribute("timestamp")}
  kind: {attribute("code", codes="kind")}
  code: {attribute("code", codes="coded")}
  hours: {attribute("decimal")}
  times: {attribute("integer")}
  urgent: {attribute("boolean")}
  day: {attribute("date")}
  note: {attribute("text", "sensitive")}
  place: {attribute("text")}
many:
  answers:
    by: [variable]
    attributes:
      variable: {attribute("text")}
      value: {attribute("text", "sensitive")}
"""
SOURCE = f"""
source: clinic
label: {LABEL}
definition: d
owner: o
connector: csv
format: {{decimal: ",", dates: ["%d.%m.%Y", "%Y-%m-%d"], nulls: ["", "NULL"], "true": [K], "false": [E]}}
tables:
  visits:
    files: ["x*"]
    changed_at: changed
    deleted: gone = 'K'
    columns: {{id: {{}}, person: {{}}, at: {{}}, kind: {{}}, code: {{}}, hours: {{}}, times: {{}}, urgent: {{}},
              day: {{}}, note: {{}}, place: {{}}, changed: {{}}, gone: {{}}}}
    into:
      - concept: contact
        key: {{contact_id: {{value: id, system: $instance}}}}
        attributes:
          person: {{value: person, system: hetu}}
          happened_at: {{value: at}}
          kind: {{value: kind, translate: {{K: visit, P: call}}}}
          code: {{value: code}}
          hours: {{value: hours}}
          times: {{value: times}}
          urgent: {{value: urgent}}
          day: {{value: date(day)}}
          note: {{value: note}}
          place: {{value: place}}
  clients:
    files: ["y*"]
    columns: {{id: {{}}, hetu: {{}}}}
    into:
      - concept: person
        key: {{person_id: {{value: id, system: $instance}}}}
        same_as:
          - member: {{value: id, system: $instance}}
            master: {{value: hetu, system: hetu}}
  answers:
    files: ["z*"]
    changed_at: changed
    columns: {{id: {{}}, variable: {{}}, value: {{}}, changed: {{}}}}
    into:
      - concept: contact
        many: answers
        where: value <> '-1'
        key: {{contact_id: {{value: id, system: shared}}}}
        attributes: {{variable: {{value: variable}}, value: {{value: value}}}}
  wide:
    files: ["w*"]
    columns: {{id: {{}}, q1: {{}}, q2: {{}}, other: {{}}}}
    unpivot: {{columns: "q.*", name: question, value: answer}}
    into:
      - concept: contact
        many: answers
        key: {{contact_id: {{value: id, system: shared}}}}
        attributes: {{variable: {{value: question}}, value: {{value: answer}}}}
"""
CODES = {
    "kind": ("false", ["visit", "call"]),
    "coded": ("true", ["A1", "B2"]),
}


def write_county(root: Path, source: str = SOURCE, contact: str = CONTACT) -> County:
    """The small county: contacts of persons from one clinic."""
    for folder in ("concepts", "sources"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "concepts/person.yaml").write_text(PERSON, "utf-8")
    (root / "concepts/contact.yaml").write_text(contact, "utf-8")
    (root / "sources/clinic.yaml").write_text(source, "utf-8")
    for name, (is_open, codes) in CODES.items():
        folder = root / "codes" / name
        folder.mkdir(parents=True, exist_ok=True)
        said = f"codes: {name}\nlabel: {LABEL}\nversion: '1'\nsource: s\nlicence: l\nopen: {is_open}\n"
        (folder / "codes.yaml").write_text(said, "utf-8")
        (folder / "codes.csv").write_text("code,fi,sv,en\n" + "".join(f"{c},a,a,a\n" for c in codes), "utf-8")
    county, faults = read_county(root)
    assert not faults, faults
    return county


def land(
    home: Path,
    table: str,
    created: str,
    rows: Sequence[Mapping[str, str | None]],
    *,
    delivery: str = "delta",
    instance: str = "clinic",
    columns: Iterable[str] | None = None,
    source: str = "clinic",
    name: str | None = None,
    quarantined: Sequence[Mapping[str, str | None]] = (),
) -> Path:
    """Writes a landed extract, as the lake would; gives its folder. `quarantined`: keys of rows that did not land."""
    moment = datetime.fromisoformat(created)
    extract = name or f"{moment:%Y%m%dT%H%M%S}-{abs(hash((instance, repr(rows), delivery))):012x}"[:28]
    folder = home / "lake" / source / table / extract
    folder.mkdir(parents=True, exist_ok=True)
    names = list(columns) if columns is not None else list(dict.fromkeys(key for row in rows for key in row))
    _write(folder / "rows.parquet", rows, names)
    if quarantined:
        _write(folder / "quarantine_keys.parquet", quarantined, list(quarantined[0]))
    manifest = {
        "extract": extract, "source": source, "instance": instance, "table": table, "file": "f", "sha256": "0",
        "bytes": 1, "created_at": created, "landed_at": created, "delivery": delivery,
        "rows_sent": len(rows) + len(quarantined), "rows_landed": len(rows), "rows_quarantined": len(quarantined),
        "columns": names, "undeclared": [], "encoding": "utf-8", "unusual": [], "content": "0",
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


def _write(path: Path, rows: Sequence[Mapping[str, str | None]], names: Sequence[str]) -> None:
    held: dict[str, Any] = {"_line": pa.array(range(2, len(rows) + 2), pa.int64())}
    for column in names:
        held[column] = pa.array([row.get(column) for row in rows], pa.string())
    pq.write_table(pa.table(held), path)


@cache
def _statement(table: Versions, dated: bool) -> str:
    moment = exp.cast(exp.Placeholder(this="as_of"), "timestamp") if dated else None
    return state_of(table, moment)


def state(con: duckdb.DuckDBPyConnection, table: Versions, as_of: str | None = None) -> dict[Any, Any]:
    """Keys in force -> content, as Python values."""
    rows = con.execute(_statement(table, as_of is not None), {"as_of": as_of} if as_of else None)
    names = [each[0] for each in rows.description or ()]
    keys, content = [each.name for each in table.keys], [each.name for each in table.content]
    found = [{name: _key(name, value) for name, value in zip(names, row, strict=True)} for row in rows.fetchall()]
    made = {tuple(row[k] for k in keys): tuple(row[c] for c in content) for row in found}
    assert len(made) == len(found), "a key stands twice in the state"
    return made


def _key(name: str, value: Any) -> Any:
    """A key as UUID also where an engine gives it as text."""
    return UUID(value) if name.endswith("_key") and isinstance(value, str) else value


def load_alone(home: Path, county: Path, engine: str, ready: Pipe) -> None:
    """What a process of its own does that loads a home on an engine; it says when it begins."""
    os.environ["LUOTSI_ENGINE"] = engine
    ready.send("ready")
    load(home, read_county(county)[0])
