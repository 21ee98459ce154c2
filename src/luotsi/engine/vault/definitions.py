"""Which wording of the county's records a source table was loaded by, and how to forget it when the wording changes.

A changed mapping, attribute or code list gives other rows, so the table is loaded anew from the lake, which keeps all.
"""

from __future__ import annotations

import hashlib

from luotsi.concepts.reading import County
from luotsi.concepts.records import Attribute
from luotsi.engine.duck.connection import Connection
from luotsi.engine.vault.state import quoted

LOADER = 2
"""Raised when the engine itself would read the same records otherwise."""


def digest_of(county: County, source: str, table: str) -> str:
    """A digest of everything that decides how a source table is loaded; labels and texts for people do not."""
    record = county.sources[source].tables[table]
    said: list[object] = [LOADER, record, county.sources[source].format]
    lists: set[str] = set()
    for mapping in record.into:
        concept = county.concepts[mapping.concept]
        groups = [(concept.attributes, ()), *((g.attributes, g.by) for g in concept.many.values())]
        said.append((concept.concept, concept.key, concept.scoped, concept.happens))
        for attributes, by in groups:
            said.append((by, [(name, _kind(each)) for name, each in sorted(attributes.items())]))
            lists |= {each.codes for each in attributes.values() if each.codes}
        lists |= {v.translate for v in mapping.attributes.values() if isinstance(v.translate, str)}
    for name in sorted(lists & set(county.codes)):
        rows = county.codes[name].rows
        said.append((name, county.codes[name].record.open, [(c, row.get("national")) for c, row in rows.items()]))
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _kind(attribute: Attribute) -> tuple[object, ...]:
    return attribute.type, attribute.privacy, attribute.codes, attribute.refers, attribute.required


def forget(con: Connection, source: str, table: str) -> None:
    """Drops what a source table was loaded into and strikes its loads from the books; keys in hubs stay.

    The last number given to a load is kept, so that none is given twice.
    """
    con.execute("INSERT INTO vault.numbers SELECT load FROM vault.loads ORDER BY load DESC LIMIT 1")
    feed = f"__{source}__{table}"
    rows = con.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'vault'").fetchall()
    for name in (str(row[0]) for row in rows):
        if name.startswith(("link_", "sat_", "same_")) and (name.endswith(feed) or f"{feed}__" in name):
            con.execute(f"DROP TABLE vault.{quoted(name)}")
    for book in ("loads", "quarantine"):
        con.execute(f'DELETE FROM vault.{book} WHERE source = ? AND "table" = ?', [source, table])
