"""The words for the codes that results are grouped by: from code lists and from the names of units and the like."""

from __future__ import annotations

from sqlglot import exp

from luotsi.concepts.expressions import parse
from luotsi.concepts.reading import County
from luotsi.concepts.records import Attribute, Concept
from luotsi.engine.duck.connection import Connection

UNKNOWN = ("unknown", "ei tiedossa", "uppgift saknas", "not known")
Label = tuple[str, str, str, str, str]
"""(dimension, code, fi, sv, en)"""


def labels(con: Connection, county: County, *, schema: str = "marts") -> list[Label]:
    """A word in three languages for every code of every dimension that a measure uses, sorted."""
    found: dict[tuple[str, str], tuple[str, str, str]] = {}
    for concept, dimension in _used(county):
        found[dimension, UNKNOWN[0]] = UNKNOWN[1:]
        source = _attribute(county, concept, dimension)
        if source is None:
            continue
        owner, name, attribute = source
        if attribute.codes is not None and attribute.codes in county.codes:
            for code, row in county.codes[attribute.codes].rows.items():
                found.setdefault((dimension, code), (row.get("fi", code), row.get("sv", code), row.get("en", code)))
        elif "name" in owner.attributes and owner.attributes["name"].privacy == "plain" and name in owner.key:
            for code, title in _names(con, schema, owner.concept, name):
                found.setdefault((dimension, code), (title, title, title))
    if "age_group" in county.codes:
        for code, row in county.codes["age_group"].rows.items():
            found["age_group", code] = (row["fi"], row["sv"], row["en"])
    for segments in county.segments.values():
        for rule in segments.rules:
            found["segment", rule.segment] = (rule.label.fi, rule.label.sv, rule.label.en)
    return sorted((*key, *words) for key, words in found.items())


def _used(county: County) -> list[tuple[Concept, str]]:
    """(concept, dimension) of every measure, once each."""
    pairs = {
        (measure.rows.split(".")[0], dimension)
        for measure in county.measures.values()
        for dimension in measure.dimensions
    }
    return [(county.concepts[name], dimension) for name, dimension in sorted(pairs) if name in county.concepts]


def _attribute(county: County, concept: Concept, dimension: str) -> tuple[Concept, str, Attribute] | None:
    """The attribute that a dimension shows as it is, own or of a referred concept; None for a computed one."""
    columns = list(parse(concept.dimensions.get(dimension, dimension)).find_all(exp.Column))
    shown = [each for each in columns if each.name == dimension] or columns
    if not shown:
        return None
    owner, column = concept, shown[-1]
    if column.table:
        refers = owner.attributes[column.table].refers if column.table in owner.attributes else None
        if refers is None or refers not in county.concepts:
            return None
        owner = county.concepts[refers]
    attribute = owner.attributes.get(column.name)
    return None if attribute is None else (owner, column.name, attribute)


def _names(con: Connection, schema: str, relation: str, code: str) -> list[tuple[str, str]]:
    query = exp.select(exp.column(code, quoted=True), exp.column("name", quoted=True)).from_(
        exp.table_(relation, db=schema, quoted=True)
    )
    rows = con.execute(query.sql(dialect="duckdb")).fetchall()
    return [(str(one), str(name)) for one, name in rows if one is not None and name is not None]
