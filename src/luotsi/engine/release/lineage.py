"""What a number rests on: the concepts its SQL reads, the loads that filled them, and a mark of all of it.

The mark (fingerprint) changes when the definition, the SQL, the suppression or the data read have changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from luotsi.concepts.reading import County
from luotsi.concepts.records import Record
from luotsi.engine.duck.connection import Connection

SEGMENT = ("segment", "segment_spans")


def digest(*parts: str) -> str:
    """SHA-256 over parts, safe against text that shifts from one part to the next."""
    made = hashlib.sha256()
    for part in parts:
        made.update(f"{len(part)}:{part}".encode())
    return made.hexdigest()


def digest_of(record: Record) -> str:
    """The digest of a record's content, whatever file it stood in."""
    return digest(json.dumps(record.model_dump(mode="json"), sort_keys=True, ensure_ascii=False))


def concepts_read(county: County, tables: Iterable[str]) -> list[str]:
    """The concepts whose marts a query reads, sorted; `segment` stands for all that segments rest on."""
    return sorted({concept for table in tables for concept in _concepts(county, table)})


def data_read(county: County, tables: Iterable[str], versions: Mapping[str, str], spans: str) -> list[str]:
    """What a query's numbers change with: the loads of the marts it reads, and of segments the mark of their spans."""
    read = set(tables)
    concepts = concepts_read(county, read.difference(SEGMENT))
    marks = [f"{each}={versions.get(each, '')}" for each in concepts]
    return marks if read.isdisjoint(SEGMENT) else [*marks, f"segments={spans}"]


def behind_segments(county: County) -> list[str]:
    """The concepts that the segment lists read, sorted."""
    looked = {look.of for each in county.segments.values() for look in each.look.values()}
    read = looked | {each.rows for each in county.segments.values()}
    # A look may read an attribute of what its rows refer to.
    named = [county.concepts[name] for name in read if name in county.concepts]
    return sorted(read | {a.refers for concept in named for a in concept.attributes.values() if a.refers})


def _concepts(county: County, relation: str) -> set[str]:
    if relation in SEGMENT:
        return set(behind_segments(county))
    if relation in county.concepts:
        return {relation}
    return {name for name, concept in county.concepts.items() for many in concept.many if relation == f"{name}_{many}"}


def loads(con: Connection) -> list[dict[str, Any]]:
    """Every load the vault holds, in order, as plain values."""
    cursor = con.execute(
        'SELECT load, source, instance, "table", extract, created_at, delivery, rows, loaded_at '
        "FROM vault.loads ORDER BY load"
    )
    heads = [each[0] for each in cursor.description or ()]
    return [
        {
            head: value.isoformat() if hasattr(value, "isoformat") else value
            for head, value in zip(heads, row, strict=True)
        }
        for row in cursor.fetchall()
    ]


def loads_behind(county: County, concepts: Iterable[str], all_loads: Iterable[Mapping[str, Any]]) -> list[int]:
    """The numbers of the loads whose table fills one of the concepts."""
    wanted = set(concepts)
    feeding = {
        (name, table)
        for name, source in county.sources.items()
        for table, shape in source.tables.items()
        if any(mapping.concept in wanted for mapping in shape.into)
    }
    return [int(each["load"]) for each in all_loads if (each["source"], each["table"]) in feeding]


def shapes(con: Connection) -> dict[str, str]:
    """For each concept, how its mart was made."""
    return dict(con.execute("SELECT concept, shape FROM marts.versions").fetchall())


def versions(con: Connection) -> dict[str, str]:
    """For each concept, the last load that changed its mart."""
    return {
        str(name): str(load)
        for name, load in con.execute("SELECT concept, max(load) FROM marts.versions GROUP BY 1").fetchall()
    }
