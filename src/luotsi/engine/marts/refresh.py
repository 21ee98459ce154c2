"""Fills the marts: what loads have changed since the last time, or all as of a date.

A mart is refreshed by keys: those that new loads speak of, those whose same-as links moved, and those that refer to
such. A mart whose definition changed is made anew. `versions` remembers the last load each mart has seen.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlglot import exp

from luotsi.concepts.calendar import calendar_days
from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.engine.duck.connection import Connection, given
from luotsi.engine.duck.types import SQL_TYPES
from luotsi.engine.marts.ranges import between, ranges
from luotsi.engine.marts.relations import relation
from luotsi.engine.marts.same import linked, masters, moved, same_table
from luotsi.engine.marts.shape import Shaper
from luotsi.engine.marts.steps import quoted
from luotsi.engine.vault.model import Feed, Model, Versions, model

COMPARED, JOINED, MERGED = 16_000_000, 4_000_000, 1_000_000
"""How many keys are compared, rows of a feed joined, and members merged into their masters in one statement."""
MANY, FEW = 5, 10_000
"""Old rows are kept where at most one in `MANY` keys change, or so few altogether."""

BOOKS = (
    "CREATE SCHEMA IF NOT EXISTS marts",
    "CREATE TABLE IF NOT EXISTS marts.versions (concept VARCHAR, load INTEGER, shape VARCHAR)",
)


def refresh(con: Connection, county: County, *, old: bool = False) -> dict[str, int | None]:
    """Brings every mart of the open vault up to the loads it holds, in one transaction.

    Gives the concepts whose marts have changed. With `old` the rows that were replaced can still be read afterwards
    (`renewed_table`, `old_table`): such a concept comes with the last load its old rows had seen. One that comes with
    None cannot be compared with what it was: it was made anew, or so much of it has changed that it does not pay.
    """
    made = model(county)
    _laid(con, made)
    con.execute("BEGIN")
    try:
        for statement in BOOKS:
            con.execute(statement)
        _calendar(con, "marts")
        _same(con, county, made, made.hubs, None)
        before = {row[0]: (row[1], row[2]) for row in con.execute("SELECT * FROM marts.versions").fetchall()}
        last = _last_loads(con, made)
        shaper = Shaper(county, made, filled=frozenset(last))
        shapes = _shapes(con, shaper)
        now = {concept: (_load(made, concept, last), shapes[concept]) for concept in county.concepts}
        stale = [concept for concept in now if before.get(concept) != now[concept]]
        changed = {each: _refresh(con, shaper, each, before.get(each), shapes[each], old=old) for each in stale}
        if stale:
            con.execute(f"DELETE FROM marts.versions WHERE concept IN ({', '.join('?' for _ in stale)})", stale)
            con.executemany("INSERT INTO marts.versions VALUES (?, ?, ?)", [(each, *now[each]) for each in stale])
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    return changed


def renewed_table(concept: str) -> str:
    """The temporary table of the keys whose rows `refresh` has replaced."""
    return quoted(f"renewed_{concept}")


def old_table(mart: str) -> str:
    """The temporary table of the rows of a mart that `refresh` has replaced, as they were."""
    return quoted(f"old_{mart}")


def as_of(con: Connection, county: County, day: datetime.date, concepts: Iterable[str]) -> None:
    """Makes the marts of some concepts as they were known at the end of a day, in memory, as schema `as_of`."""
    made = model(county)
    _laid(con, made)
    con.execute("DETACH DATABASE IF EXISTS as_of")
    con.execute("ATTACH ':memory:' AS as_of (READ_WRITE)")
    end = exp.cast(exp.Literal.string(f"{day.isoformat()} 23:59:59.999999"), exp.DType.TIMESTAMP)
    _calendar(con, "as_of")
    _same(con, county, made, made.hubs, end)
    shaper = Shaper(county, made, "as_of", end, filled=frozenset(_last_loads(con, made)))
    for concept in concepts:
        con.execute(f"CREATE TABLE as_of.{quoted(concept)} AS {shaper.concept(concept)}")
        for many in county.concepts[concept].many:
            query = shaper.group(concept, many)
            con.execute(f"CREATE TABLE as_of.{quoted(f'{concept}_{many}')} AS {query}")


def _laid(con: Connection, made: Model) -> None:
    """Raises UserError where content has gained what the vault has no table for yet."""
    there = {
        row[0]
        for row in con.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'vault'"
        ).fetchall()
    }
    missing = sorted({each.name for each in made.versions} - there)
    if missing:
        raise UserError(
            f"The county's content has changed since the vault was last loaded: it has no {missing[0]} yet "
            f"({len(missing)} tables in all). Run `luotsi load` first; nothing has to land again."
        )


def _calendar(con: Connection, schema: str) -> None:
    there = f"table_name = 'calendar' AND '{schema}' IN (table_schema, table_catalog)"
    if con.execute(f"SELECT 1 FROM information_schema.tables WHERE {there}").fetchone():
        return
    con.execute(f"CREATE TABLE {schema}.calendar (date DATE, working BOOLEAN, nth INTEGER)")
    with given(con, "days", calendar_days()):
        con.execute(f"INSERT INTO {schema}.calendar SELECT date, working, nth FROM days")


def _same(con: Connection, county: County, made: Model, concepts: Iterable[str], end: exp.Expr | None) -> None:
    """Temporary tables of member -> master, for every concept that has same-as links."""
    for concept in concepts:
        links = linked(made, concept)
        if links:
            query = masters(county, links, end)
            con.execute(f"CREATE OR REPLACE TEMP TABLE {same_table(concept)} AS {query}")


def _refresh(
    con: Connection, shaper: Shaper, concept: str, before: tuple[int, str] | None, shape: str, *, old: bool
) -> int | None:
    """Brings the marts of one concept up to date; anew when a feed has its first rows, which changes their shape.

    Gives the last load that its old rows had seen, None where it cannot be compared with what it was.
    """
    if before is None or before[1] != shape:
        for many in (None, *shaper.county.concepts[concept].many):
            _anew(con, shaper, concept, many)
        return None
    there = _update(con, replace(shaper, keys="wanted_keys"), concept, before[0], old=old)
    return before[0] if there else None


def _anew(con: Connection, shaper: Shaper, concept: str, many: str | None) -> None:
    """Makes a mart from all the vault holds, in statements that are each small enough for the memory there is.

    First each feed by itself, without the keys that several speak of, then those. What is joined and merged at once is
    bounded by ranges of keys: DuckDB holds the joins of a statement together, and of a GROUP BY texts do not spill.
    """
    name = f"{concept}_{many}" if many else concept
    types = ", ".join(f"{quoted(word)} {SQL_TYPES[kind]}" for word, kind in shaper.columns(concept, many).items())
    con.execute(f"CREATE OR REPLACE TABLE marts.{quoted(name)} ({types})")
    feeds = shaper.feeds(concept, many)
    meet = len(feeds) > 1 or bool(feeds and linked(shaper.model, concept))
    if meet:
        con.execute("CREATE OR REPLACE TEMP TABLE met_keys (key UUID, member UUID)")
        # a master may lie in another range than its member: where there are any, all keys are looked at together
        whole = [None] if linked(shaper.model, concept) else ranges(con, _tables(feeds), COMPARED)
        for within in whole:
            con.execute(f"INSERT INTO met_keys {replace(shaper, within=within).met(concept, many)}")
        con.execute("CREATE OR REPLACE TEMP TABLE apart_keys AS SELECT member AS key FROM met_keys")
        shaper = replace(shaper, apart="apart_keys")
    for feed in feeds:
        for within in ranges(con, _tables([feed]), JOINED):
            con.execute(f"INSERT INTO marts.{quoted(name)} BY NAME {replace(shaper, within=within).of_feed(feed)}")
    if meet:
        _merge(con, replace(shaper, apart=None, keys="wanted_keys"), concept, many)


def _merge(con: Connection, shaper: Shaper, concept: str, many: str | None) -> None:
    """Adds to a mart the rows of the keys in `met_keys`."""
    name = f"{concept}_{many}" if many else concept
    query = shaper.group(concept, many) if many else shaper.concept(concept)
    for within in ranges(con, ["met_keys"], MERGED):
        wanted = "SELECT member AS key FROM met_keys" + (f" WHERE {between('key', within)}" if within else "")
        con.execute(f"CREATE OR REPLACE TEMP TABLE wanted_keys AS {wanted}")
        con.execute(f"INSERT INTO marts.{quoted(name)} BY NAME {query}")


def _tables(feeds: list[Feed]) -> list[str]:
    return [f"vault.{each.tables[0].name}" for each in feeds]


def _update(con: Connection, shaper: Shaper, concept: str, after: int, *, old: bool) -> bool:
    """Replaces the rows of the keys that loads after `after` may have changed; gives whether the old ones are kept."""
    made = shaper.model
    con.execute(f"CREATE OR REPLACE TEMP TABLE changed_keys AS {_changed(made, concept, after)}")
    wanted = "SELECT key FROM changed_keys"
    if linked(made, concept):  # all members of the masters concerned, so that merged rows are whole
        same = same_table(concept)
        wanted += f" UNION SELECT member FROM {same} WHERE master IN (SELECT key FROM changed_keys)"
        wanted += f" UNION SELECT master FROM {same} WHERE member IN (SELECT key FROM changed_keys)"
        con.execute(f"CREATE OR REPLACE TEMP TABLE more_keys AS {wanted}")
        wanted = (
            f"SELECT key FROM more_keys UNION SELECT member FROM {same} WHERE master IN (SELECT key FROM more_keys)"
        )
    con.execute(f"CREATE OR REPLACE TEMP TABLE wanted_keys AS SELECT DISTINCT key FROM ({wanted}) AS wanted(key)")
    groups = {f"{concept}_{many}": shaper.group(concept, many) for many in shaper.county.concepts[concept].many}
    old = old and _few(con, concept)
    if old:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {renewed_table(concept)} AS SELECT key FROM wanted_keys")
        for name in (concept, *groups):
            mart = f"marts.{quoted(name)}"
            # the keys alone are looked through; of the rows that are found, and of no others, all columns are read
            found = f"SELECT rowid FROM {mart} WHERE key IN (SELECT key FROM wanted_keys)"
            rows = f"SELECT * FROM {mart} WHERE rowid IN ({found})"
            con.execute(f"CREATE OR REPLACE TEMP TABLE {old_table(name)} AS {rows}")
    _write(con, concept, shaper.concept(concept))
    for name, query in groups.items():
        _write(con, name, query)
    return old


def _few(con: Connection, concept: str) -> bool:
    """Whether few enough keys change that comparing with what was pays."""
    query = f"SELECT (SELECT count(*) FROM wanted_keys), (SELECT count(*) FROM marts.{quoted(concept)})"
    changed, there = con.execute(query).fetchone() or (0, 0)
    return changed * MANY <= there + FEW


def _write(con: Connection, name: str, query: str) -> None:
    target = f"marts.{quoted(name)}"
    con.execute(f"DELETE FROM {target} WHERE key IN (SELECT key FROM wanted_keys)")
    con.execute(f"INSERT INTO {target} BY NAME {query}")


def _changed(made: Model, concept: str, after: int) -> str:
    """Keys (as sent) of which a load after `after` speaks, or whose own or referred keys moved, as SQL."""
    parts = [
        f"SELECT {quoted(table.key)} AS key FROM vault.{table.name} WHERE load > {after}"
        for table in made.versions
        if table.concept == concept and table.kind != "same"
    ]
    if linked(made, concept):
        parts.append(f"SELECT key FROM ({moved(linked(made, concept), after)}) AS moved")
    for table in made.versions:
        if table.concept != concept or table.kind == "same":
            continue
        for column, referred in table.references:
            if linked(made, referred):
                moves = moved(linked(made, referred), after)
                parts.append(f"SELECT {quoted(table.key)} FROM vault.{table.name} WHERE {quoted(column)} IN ({moves})")
    return " UNION ".join(parts) if parts else "SELECT CAST(NULL AS UUID) AS key WHERE FALSE"


def _read(made: Model, concept: str) -> Iterator[Versions]:
    """Every table of the vault that the marts of a concept rest on."""
    yield from (each for each in made.versions if each.concept == concept)
    referred = {name for each in made.versions if each.concept == concept for _, name in each.references}
    for name in sorted(referred - {concept}):
        yield from linked(made, name)


def _last_loads(con: Connection, made: Model) -> dict[str, int]:
    """The last load of every table of versions that holds rows."""
    # the first by order, not the greatest: a table of no rows gives none, and an engine leaves it out of its plan
    names = [each.name for each in made.versions]
    lasts = [f"(SELECT '{each}', load FROM vault.{each} ORDER BY load DESC LIMIT 1)" for each in names]
    return dict(con.execute(" UNION ALL ".join(lasts)).fetchall()) if lasts else {}


def _load(made: Model, concept: str, last: dict[str, int]) -> int:
    """The last load that the marts of a concept rest on, 0 where there is none."""
    return max((last.get(each.name, 0) for each in _read(made, concept)), default=0)


def _shapes(con: Connection, shaper: Shaper) -> dict[str, str]:
    """Concept -> a digest of how its marts are made, and of the definitions their rows were loaded by."""
    known = con.execute('SELECT source, "table", digest FROM vault.definitions').fetchall()
    digests = {row[:2]: row[2:] for row in known}
    return {concept: _shape(shaper, concept, digests) for concept in shaper.county.concepts}


def _shape(shaper: Shaper, concept: str, digests: Mapping[tuple[Any, ...], object]) -> str:
    county = shaper.county
    texts = [shaper.concept(concept), *(shaper.group(concept, many) for many in county.concepts[concept].many)]
    texts += [f"{word} {SQL_TYPES[kind]}" for word, kind in relation(county, concept).columns.items()]
    read = sorted({(each.source, each.table) for each in shaper.model.feeds if each.concept == concept})
    texts += [str(digests.get(each)) for each in read]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:32]
