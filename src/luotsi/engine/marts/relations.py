"""What the marts hold, told from the records alone: each relation with its columns, types and references.

How the marts are filled stands in `refresh`; what asks them, in `rows`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from luotsi.concepts.expressions import Names
from luotsi.concepts.reading import County
from luotsi.concepts.records import Attribute

CALENDAR = {"date": "date", "working": "boolean", "nth": "integer"}
SEGMENT = {"person": "reference", "period_end": "date", "segments": "text", "segment": "text"}
SPANS = {"person": "reference", "segments": "text", "segment": "text", "since": "date", "until": "date"}

_WORDS = (
    "all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by case cast "
    "check collate collation column columns concurrently constraint create cross default deferrable desc "
    "describe distinct do else end except false fetch for foreign freeze from full generated glob group having "
    "ilike in initially inner intersect into is isnull join lambda lateral leading left like limit map natural "
    "not notnull null offset on only or order outer overlaps pivot pivot_longer pivot_wider placing positional "
    "primary qualify references returning right select semi show similar some struct summarize symmetric table "
    "tablesample then to trailing true try_cast tuple union unique unpack unpivot using variadic verbose when "
    "where window with"
)
RESERVED = frozenset(_WORDS.split())
"""Words that DuckDB reads as its own unless they stand in quotes."""


@dataclass(frozen=True)
class Relation:
    """A mart: its table, concept, columns with types, references with their concepts, and what tells rows apart."""

    table: str
    concept: str
    columns: dict[str, str]
    refers: dict[str, str]
    identity: tuple[str, ...]
    happens: str | None


def relations(county: County) -> dict[str, dict[str, str]]:
    """The columns of every mart with their types (as in the concepts), by table name."""
    found = {each.table: each.columns for each in all_relations(county)}
    return {**found, "calendar": dict(CALENDAR), "segment": dict(SEGMENT), "segment_spans": dict(SPANS)}


def all_relations(county: County) -> Iterator[Relation]:
    """Every mart of a concept and of its multi-active groups."""
    for name, concept in county.concepts.items():
        yield relation(county, name)
        for many in concept.many:
            yield relation(county, f"{name}.{many}")


def relation(county: County, name: str) -> Relation:
    """The mart of a concept (`contact`) or of a multi-active group (`assessment.answers`)."""
    concept_name, _, many = name.partition(".")
    concept = county.concepts[concept_name]
    if not many:
        return _relation(concept_name, concept_name, concept.attributes, ("key",), concept.happens)
    above = {
        word: each for word, each in concept.attributes.items() if each.type == "reference" or word == concept.happens
    }
    group = concept.many[many]
    attributes = {**above, **group.attributes}
    return _relation(f"{concept_name}_{many}", concept_name, attributes, ("key", *group.by), concept.happens)


def _relation(
    table: str, concept: str, attributes: dict[str, Attribute], identity: tuple[str, ...], happens: str | None
) -> Relation:
    kept = {name: each for name, each in attributes.items() if each.privacy != "identifying"}
    columns = {"key": "reference", **{name: each.type for name, each in kept.items()}}
    refers = {name: each.refers or name for name, each in kept.items() if each.type == "reference"}
    return Relation(table, concept, columns, refers, identity, happens)


def resolver(county: County, of: Relation, more: dict[str, str], this: dict[str, str] | None = None) -> Names:
    """The types of the names an expression about a row may use: columns, `more`, one hop, and `this.x`."""

    def resolve(name: str, table: str | None) -> str | None:
        if table is None:
            return more.get(name) or of.columns.get(name)
        if table == "this" and this is not None:
            return this.get(name)
        if table in of.refers:
            return relation(county, of.refers[table]).columns.get(name)
        return None

    return resolve


def name(word: str) -> exp.Identifier:
    """A name in SQL, in quotes where DuckDB keeps the word for itself."""
    return exp.to_identifier(word, quoted=word in RESERVED)


def column(word: str, table: str | None = None) -> exp.Column:
    """A column in SQL."""
    return exp.Column(this=name(word), table=exp.to_identifier(table) if table else None)


def table(schema: str, of: str, alias: str) -> exp.Expr:
    """A mart in SQL, under an alias."""
    return exp.alias_(exp.Table(this=name(of), db=exp.to_identifier(schema)), name(alias), table=True)


def step_named(word: str) -> exp.Table:
    """A step in SQL: made here, for reading its name as SQL takes longer."""
    return exp.Table(this=exp.to_identifier(word))
