"""The model of one feed's staged rows: all extracts of its source table at once, and what is missing from them.

Rests on `vault.staging`, which stages a batch of one instance; here the reading of the batch gives way to the source
table of the lake, and the name of the sender, which is a constant in a batch, to a column. Schemas in the trees are
names of places: `lake` a dbt source, `vault` and `marts` models (see `writing`).
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlglot
from sqlglot import exp

from luotsi.concepts.reading import County
from luotsi.engine.vault.batches import Batch
from luotsi.engine.vault.columns import column
from luotsi.engine.vault.model import Feed
from luotsi.engine.vault.staging import KeySpace, key_spaces, staged
from luotsi.engine.vault.state import listed, quoted

SENDER = "\u00a7sender\u00a7"
"""Stands where a batch has the name of its sender."""
FACTS = ("_instance", "_sender")
"""What a staged row carries of its extract beside the load."""


def name_of(feed: Feed) -> str:
    """The name of the model of a feed's staged rows."""
    return f"staged_{feed.concept}__{feed.name}"


def source_name(source: str, table: str) -> str:
    """The name of a source table in the lake's schema."""
    return f"{source}__{table}"


def batch_of(county: County, feed: Feed, delivery: str) -> Batch:
    """A batch that stands for all extracts of one delivery, from whichever instance."""
    columns = frozenset(county.sources[feed.source].tables[feed.table].columns)
    return Batch(SENDER, SENDER, delivery, columns, several=True, aside=True)


def staged_rows(county: County, feed: Feed) -> exp.Expr:
    """The query of a feed's staged rows, sound, faulty (`_fault`) and missing ones (`deleted`).

    Columns: those of `vault.staging.staged`, `_instance` and `_sender`. `load` is the number of the extract in
    `vault.extracts`.
    """
    if county.sources[feed.source].tables[feed.table].changed_at:  # rows of a delta have a time of their own
        deliveries = ("full", "delta")
        parts = [_read(county, feed, each) for each in deliveries]
        for part, delivery in zip(parts, deliveries, strict=True):
            _innermost(part).where(column("_delivery").eq(delivery), copy=False)
    else:
        parts = [_read(county, feed, "full")]
    names = [str(each.alias_or_name) for each in parts[0].selects]
    keys = [each.name for each in feed.keys]
    given = {*keys, "recorded_at", "deleted", "_out", "load", "_instance"}
    empty = ", ".join(quoted(each) if each in given else f"NULL AS {quoted(each)}" for each in names)
    text = (
        f"WITH rows AS (SELECT 1), {absences(county, feed, 'rows', keys)} SELECT {listed(*names)} FROM rows "
        f"UNION ALL SELECT {empty} FROM absent"
    )
    made = sqlglot.parse_one(text, read="duckdb")
    read = parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False, copy=False)
    made.args["with_"].expressions[0].set("this", read)
    return made


def absences(county: County, feed: Feed, rows: str, keys: Sequence[str]) -> str:
    """Common table expressions that end in `absent`: what extracts say by what is missing from them, as text.

    A key that is there at a moment is gone at the next moment of which an extract speaks for it without naming it: a
    full extract of its instance, or a set of a multi-active group. Where a row of the key cannot be read, or a row
    cannot be told apart at all, the extract does not say so.
    """
    k, key = listed(*keys), quoted(keys[0])
    by = ", ".join(f"there.{quoted(each)}" for each in keys)
    source = f"source = '{feed.source}' AND source_table = '{feed.table}'"
    moments = (
        f"SELECT {by}, there._instance, there.recorded_at, said.recorded_at AS gone_at, said.load FROM there "
        "JOIN said ON said._instance = there._instance AND said.recorded_at > there.recorded_at "
        "AND (there.next IS NULL OR said.recorded_at < there.next) "
    )
    unheard = f"NOT EXISTS (SELECT 1 FROM held WHERE held.{key} = there.{key} AND held.load = said.load) "
    unheard += "AND NOT EXISTS (SELECT 1 FROM blind WHERE blind.load = said.load)"
    full = moments.replace("said ON", "fulls AS said ON") + f"WHERE {unheard}"
    every = full
    sets = ""
    if feed.many:
        every += f" UNION ALL {moments.replace('said ON', f'sets AS said ON said.{key} = there.{key} AND')}"
        sets = (
            f"sets AS (SELECT s.{key}, s._instance, s.recorded_at, max(s.load) AS load FROM {rows} AS s "
            f"WHERE s._fault IS NULL AND NOT EXISTS (SELECT 1 FROM held WHERE held.{key} = s.{key} "
            "AND held.load = s.load) AND NOT EXISTS (SELECT 1 FROM blind WHERE blind.load = s.load) "
            f"GROUP BY s.{key}, s._instance, s.recorded_at), "
        )
    return (
        f"held AS (SELECT DISTINCT {key}, load FROM {rows} WHERE NOT _fault IS NULL), "
        f"blind AS (SELECT DISTINCT load FROM {rows} WHERE {_keyless(county, feed)}), "
        "fulls AS (SELECT instance AS _instance, created_at AS recorded_at, load FROM vault.extracts "
        f"WHERE {source} AND delivery = 'full'), "
        f"moments AS (SELECT {k}, _instance, recorded_at, min(CASE WHEN deleted THEN 1 ELSE 0 END) AS gone "
        f"FROM {rows} WHERE _fault IS NULL GROUP BY {k}, _instance, recorded_at), "
        f"spans AS (SELECT {k}, _instance, recorded_at, gone, "
        f"lead(recorded_at) OVER (PARTITION BY {k}, _instance ORDER BY recorded_at) AS next FROM moments), "
        f"there AS (SELECT {k}, _instance, recorded_at, next FROM spans WHERE gone = 0), {sets}"
        f"missing AS ({every}), "
        f"absent AS (SELECT {k}, min(gone_at) AS recorded_at, TRUE AS deleted, TRUE AS _out, min(load) AS load, "
        f"_instance FROM missing GROUP BY {k}, _instance, missing.recorded_at)"
    )


def spaces(county: County, feed: Feed) -> list[KeySpace]:
    """The kinds of keys of a feed's staged rows; `system` is SQL text here."""
    found = key_spaces(county, feed, batch_of(county, feed, "delta"))
    return [KeySpace(each.concept, each.key, each.texts, system_of(each.system).sql("duckdb")) for each in found]


def system_of(text: str) -> exp.Expr:
    """The expression of a system that may hold the sender's name."""
    pieces = [exp.Literal.string(each) for each in text.split(SENDER)]
    parts: list[exp.Expr] = [pieces[0]] if pieces[0].name or len(pieces) == 1 else []
    for piece in pieces[1:]:
        parts += [column("_sender"), *([piece] if piece.name else [])]
    made = parts[0]
    for each in parts[1:]:
        made = exp.DPipe(this=made, expression=each)
    return made


def _keyless(county: County, feed: Feed) -> str:
    """SQL condition of a staged row whose key cannot be read, in words that every dialect has."""
    names = county.concepts[feed.concept].key
    return " OR ".join(f"substr(_fault, 1, {len(name) + 1}) = '{name}|'" for name in names)


def _read(county: County, feed: Feed, delivery: str) -> exp.Select:
    """The staging of a batch, read from the source table, with the sender a column."""
    text = staged(county, feed, batch_of(county, feed, delivery)).sql("duckdb")
    made = sqlglot.parse_one(text, read="duckdb")
    assert isinstance(made, exp.Select)
    for literal in list(made.find_all(exp.Literal)):
        if SENDER in literal.name:
            literal.replace(_sized(literal.name))
    inner = _innermost(made)
    given = {"load": "_load", "created_at": "_created_at", "aside": "_aside"}
    for each in inner.selects[:4]:
        words = [node for node in each.find_all(exp.Column) if node.name in given]
        if words:
            each.replace(exp.alias_(column(given[words[0].name]), each.alias_or_name))
    lake = f"lake.{source_name(feed.source, feed.table)}"
    facts = (
        "SELECT load AS _load, created_at AS _created_at, delivery AS _delivery, extract AS _name, "
        "instance AS _instance, sender AS _sender FROM vault.extracts "
        f"WHERE source = '{feed.source}' AND source_table = '{feed.table}'"
    )
    inner.set("joins", None)
    inner.from_(exp.alias_(exp.to_table(lake), "landed", table=True), copy=False)
    inner.join(f"({facts}) AS facts", on='facts._name = landed."_extract"', copy=False, dialect="duckdb")
    node: exp.Select | None = inner
    while node is not None:
        if not node.is_star:
            node.select(*(column(each) for each in FACTS), copy=False)
        node = node.parent_select
    return made


def _sized(piece: str) -> exp.Expr:
    """A piece of a key's canonical text, `<length>:<text>`, for a text that holds the sender's name."""
    system = system_of(piece.partition(":")[2])
    length = exp.cast(exp.Length(this=system.copy()), "text")
    return exp.DPipe(this=exp.DPipe(this=length, expression=exp.Literal.string(":")), expression=exp.paren(system))


def _innermost(select: exp.Select) -> exp.Select:
    """The SELECT that reads the lake."""
    while True:
        read = select.args["from_"].this
        if not isinstance(read, exp.Subquery):
            return select
        assert isinstance(read.this, exp.Select)
        select = read.this
