"""Divides anew only the persons of whom new loads speak. How a person is divided stands in `compute`.

Segments of one person rest on the rows of that person alone, so they are worked out over a copy, in memory, of the
marts' rows of the persons concerned, and put in place of what was there.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from sqlglot import exp

from luotsi.concepts.reading import County
from luotsi.engine.duck.connection import Connection
from luotsi.engine.marts.relations import all_relations
from luotsi.engine.marts.same import linked, moved, same_table
from luotsi.engine.marts.steps import quoted
from luotsi.engine.segments.compute import compute, spans
from luotsi.engine.vault.model import Model, Versions, model

SCHEMA = "concerned"
COLUMNS = "person, segments, segment, since, until"
PERSONS = "SELECT person FROM concerned_persons"


def followed(county: County) -> set[str]:
    """The concepts whose loads say which persons they concern: all that segments look at, by person. Empty when some
    segment list looks at more than the rows of one person, or at rows whose own keys may mean others.
    """
    if not county.segments:
        return set()
    looks = [look for each in county.segments.values() for look in each.look.values()]
    read = {look.of.partition(".")[0] for look in looks} | {"person"}
    whole = all(each.rows == "person" for each in county.segments.values()) and all(
        look.by == "person" for look in looks
    )
    made = model(county)
    plain = all("person" in _references(made, each) and not linked(made, each) for each in read - {"person"})
    return read if whole and plain else set()


def renewed(
    con: Connection, county: County, after: int, *, first_month: datetime.date, last_month: datetime.date
) -> None:
    """Divides the persons concerned by loads after `after`, for `place` to put in place of what is there.

    The marts, and the table of persons that are the same, are those that `marts.refresh` has just made. Only where
    `followed` gives every concept that has changed.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE concerned_persons AS {_concerned(county, after)}")
    con.execute(f"DETACH DATABASE IF EXISTS {SCHEMA}")
    con.execute(f"ATTACH ':memory:' AS {SCHEMA} (READ_WRITE)")
    try:
        for table, person in tables(county).items():
            where = f" WHERE {person} IN ({PERSONS})" if person else ""
            con.execute(f"CREATE TABLE {SCHEMA}.{quoted(table)} AS SELECT * FROM marts.{quoted(table)}{where}")
        compute(con, county, schema=SCHEMA, first_month=first_month, last_month=last_month)
        con.execute(f"CREATE OR REPLACE TEMP TABLE new_spans AS SELECT {COLUMNS} FROM {SCHEMA}.segment_spans")
    finally:
        con.execute(f"DETACH DATABASE IF EXISTS {SCHEMA}")


def place(con: Connection) -> bool:
    """Puts what `renewed` has made in place of what the persons concerned had; gives whether any span has moved."""
    old = f"SELECT {COLUMNS} FROM marts.segment_spans WHERE person IN ({PERSONS})"
    new = f"SELECT {COLUMNS} FROM new_spans"
    other = con.execute(
        f"SELECT count(*) FROM (SELECT * FROM ({old} EXCEPT {new}) AS gone "
        f"UNION ALL SELECT * FROM ({new} EXCEPT {old}) AS come) AS other"
    ).fetchone()
    if not other or not other[0]:
        return False
    con.execute(f"DELETE FROM marts.segment_spans WHERE person IN ({PERSONS})")
    con.execute(f"INSERT INTO marts.segment_spans {new}")
    return True


def tables(county: County) -> dict[str, str | None]:
    """Every mart that the segments read, with the column that names the person; None where rows are nobody's."""
    relations = {each.table: each for each in all_relations(county)}
    day = datetime.date(2000, 1, 1)  # any: the months change no table
    trees = [spans(county, each, "marts", day, day) for each in county.segments.values()]
    found: dict[str, str | None] = {}
    for name in sorted({table.name for tree in trees for table in tree.find_all(exp.Table) if table.db == "marts"}):
        known = relations.get(name)
        named = known is not None and "person" in known.columns
        found[name] = "key" if known is not None and known.concept == "person" else "person" if named else None
    return found


def _references(made: Model, concept: str) -> set[str]:
    return {referred for each in made.versions if each.concept == concept for _, referred in each.references}


def _concerned(county: County, after: int) -> str:
    """The SELECT of the persons concerned: those named by any version of a key that a new load speaks of."""
    made = model(county)
    links = linked(made, "person")
    parts = [part for concept in sorted(followed(county)) for part in _named(made, concept, after)]
    parts += [f"SELECT key FROM ({moved(links, after)}) AS moved"] if links else []
    named = " UNION ".join(parts)
    if not links:
        return f"SELECT key AS person FROM ({named}) AS named"
    masters = f"SELECT master FROM {same_table('person')} WHERE member IN (SELECT key FROM named)"
    return f"WITH named AS ({named}) SELECT key AS person FROM named UNION {masters}"


def _named(made: Model, concept: str, after: int) -> Iterator[str]:
    """SELECTs of the persons that new versions of a concept name or named, as `key`, as they were sent."""
    tables = [each for each in made.versions if each.concept == concept and each.kind != "same"]
    changed = [f"SELECT {quoted(each.key)} AS key FROM vault.{each.name} WHERE load > {after}" for each in tables]
    if concept == "person":
        yield from changed
        return
    for table, column in _names_person(tables):
        keys = " UNION ".join(changed)
        yield f"SELECT {quoted(column)} AS key FROM vault.{table.name} WHERE {quoted(table.key)} IN ({keys})"


def _names_person(tables: list[Versions]) -> Iterator[tuple[Versions, str]]:
    return ((each, column) for each in tables for column, referred in each.references if referred == "person")
