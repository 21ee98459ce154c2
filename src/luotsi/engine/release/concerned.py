"""The persons whom new loads concern: their rows as they are and as they were, laid out as marts of their own.

What they hold is enough to take away what these persons gave to a number that adds up over persons, and to put back
what they give now. DuckDB only: a cluster counts whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from luotsi.concepts.reading import County
from luotsi.engine import marts
from luotsi.engine.duck.connection import Connection
from luotsi.engine.marts.steps import quoted
from luotsi.engine.measures.parts import of_person
from luotsi.engine.release import lineage

SCHEMA = "concerned"
PERSONS = "persons_concerned"
MANY, FEW = 5, 1_000
"""Differences are counted where at most one in `MANY` persons is concerned, or so few altogether."""
SPANS = "segment_spans"


@dataclass(frozen=True)
class Changed:
    """What refreshing the marts has changed."""

    loads: Mapping[str, int | None]
    """Concept -> the last load that its marts had seen; None where what they were is not known."""
    few: bool
    """Whether the persons concerned are known and few enough."""

    def before(self, versions: Mapping[str, str]) -> dict[str, str]:
        """The versions of the marts as they were."""
        known = {concept: str(load) for concept, load in self.loads.items() if load is not None}
        return {**versions, **known}

    def known(self, county: County, concepts: Iterable[str]) -> bool:
        """Whether all that has changed of some concepts is rows of the persons concerned."""
        moved = [each for each in concepts if each in self.loads]
        return self.few and all(self.loads[each] is not None and of_person(county, each) for each in moved)


def find(con: Connection, county: County, loads: Mapping[str, int | None]) -> Changed:
    """Finds the persons concerned, right after `marts.refresh`, and keeps the segments they were in."""
    known = [concept for concept, load in loads.items() if load is not None and of_person(county, concept)]
    if not known:
        return Changed(loads, few=False)
    parts: list[str] = []
    for concept in known:
        person = "key" if concept == "person" else "person"
        keys = f"SELECT key FROM {marts.renewed_table(concept)}"
        parts.append(f"SELECT {person} AS person FROM {marts.old_table(concept)}")
        parts.append(f"SELECT {person} AS person FROM marts.{quoted(concept)} WHERE key IN ({keys})")
    con.execute(f"CREATE OR REPLACE TEMP TABLE {PERSONS} AS {' UNION '.join(parts)}")
    query = f"SELECT (SELECT count(*) FROM {PERSONS}), (SELECT count(*) FROM marts.person)"
    concerned, all_persons = con.execute(query).fetchone() or (0, 0)
    if _spans_there(con):
        spans = f"SELECT * FROM marts.{SPANS} WHERE person IN (SELECT person FROM {PERSONS})"
        con.execute(f"CREATE OR REPLACE TEMP TABLE {marts.old_table(SPANS)} AS {spans}")
    return Changed(loads, few=concerned * MANY <= all_persons + FEW)


def lay(con: Connection, county: County, tables: Iterable[str]) -> None:
    """Lays out the marts of the persons concerned as they are; of tables that are nobody's, all rows are seen."""
    let_go(con)
    con.execute(f"ATTACH ':memory:' AS {SCHEMA} (READ_WRITE)")
    (database,) = con.execute("SELECT current_database()").fetchone() or ("",)
    for table in sorted(tables):
        mart, laid = f"marts.{quoted(table)}", f"{SCHEMA}.{quoted(table)}"
        if (person := _person(county, table)) is None:
            con.execute(f"CREATE VIEW {laid} AS SELECT * FROM {quoted(database)}.{mart}")
            continue
        # rows that are nobody's are asked for apart: a join that lets null be null costs more than the scan
        theirs = f"{person} IN (SELECT person FROM {PERSONS})"
        theirs += f" OR {person} IS NULL AND (SELECT count(*) > count(person) FROM {PERSONS})"
        con.execute(
            f"CREATE TABLE {laid} AS SELECT * FROM {mart} WHERE rowid IN (SELECT rowid FROM {mart} WHERE {theirs})"
        )


def turn_back(con: Connection, county: County, tables: Iterable[str], changed: Changed) -> None:
    """Gives the marts that `lay` laid out the rows that were there before."""
    for table in tables:
        laid, old = f"{SCHEMA}.{quoted(table)}", marts.old_table(table)
        concepts = [each for each in lineage.concepts_read(county, [table]) if changed.loads.get(each) is not None]
        if table == SPANS:
            con.execute(f"DELETE FROM {laid}")
        elif concepts and _person(county, table):
            con.execute(f"DELETE FROM {laid} WHERE key IN (SELECT key FROM {marts.renewed_table(concepts[0])})")
        else:
            continue
        con.execute(f"INSERT INTO {laid} BY NAME SELECT * FROM {old}")


def let_go(con: Connection) -> None:
    """Forgets what was laid out."""
    con.execute(f"DETACH DATABASE IF EXISTS {SCHEMA}")


def _person(county: County, table: str) -> str | None:
    """The column of a mart that names whose a row is; None where rows are nobody's."""
    if table in ("person", SPANS):
        return "key" if table == "person" else "person"
    rows = {name: name for name in county.concepts}
    rows |= {f"{name}_{many}": f"{name}.{many}" for name, each in county.concepts.items() for many in each.many}
    return "person" if table in rows and of_person(county, rows[table]) else None


def _spans_there(con: Connection) -> bool:
    there = f"table_schema = 'marts' AND table_name = '{SPANS}'"
    return con.execute(f"SELECT 1 FROM information_schema.tables WHERE {there}").fetchone() is not None
