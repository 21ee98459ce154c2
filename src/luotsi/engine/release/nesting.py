"""Which dimensions lie inside others (units in areas, service forms in packages), told from their expressions.

Without this, adding up the units of an area would give back what is hidden of the area. Used by suppression only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import permutations

from sqlglot import exp

from luotsi.concepts.expressions import names, parse
from luotsi.concepts.reading import County
from luotsi.concepts.records import Concept, Measure
from luotsi.engine.duck.connection import Connection
from luotsi.engine.duck.expressions import to_sql
from luotsi.engine.release.equations import parse_group

UNKNOWN = "unknown"

Inside = dict[tuple[str, str], Mapping[str, str]]
"""(coarse, fine) -> fine code -> coarse code."""


def nesting(
    con: Connection, county: County, measure: Measure, groups: Iterable[str], *, schema: str = "marts"
) -> Inside:
    """For each pair of a measure's dimensions where one code of the fine always lies in one of the coarse: the codes.

    Two forms are known: the coarse is an expression over the very column that the fine shows, and the fine shows the
    key of a referred concept whose other attributes make the coarse.
    """
    if measure.method is not None or measure.rows not in county.concepts:
        return {}
    concept = county.concepts[measure.rows]
    codes: dict[str, set[str]] = {}
    for group in set(groups):
        for name, code in parse_group(group):
            codes.setdefault(name, set()).add(code)
    found: Inside = {}
    for coarse, fine in permutations([each for each in measure.dimensions if each in concept.dimensions], 2):
        shown, made = parse(concept.dimensions[fine]), parse(concept.dimensions[coarse])
        if not isinstance(shown, exp.Column) or made == shown:
            continue
        read = set(names(made))
        if read == {(shown.name, shown.table or None)}:
            found[coarse, fine] = _evaluated(con, made, sorted(codes.get(fine, ())))
        elif shown.table and {table for _, table in read} == {shown.table}:
            referred = _referred(county, concept, shown)
            if referred is not None:
                found[coarse, fine] = _looked_up(con, schema, referred, shown, made)
    return {key: inside for key, inside in found.items() if inside}


def _referred(county: County, concept: Concept, shown: exp.Column) -> str | None:
    """The concept whose whole key the column is, or None."""
    attribute = concept.attributes.get(shown.table)
    if attribute is None or attribute.refers not in county.concepts:
        return None
    return attribute.refers if county.concepts[attribute.refers].key == (shown.name,) else None


def _evaluated(con: Connection, made: exp.Expr, codes: list[str]) -> Mapping[str, str]:
    """The coarse code of each fine code, by running the expression on the codes themselves."""
    if not codes:
        return {}
    value = exp.column("code", table="fine")
    coarse = to_sql(made, lambda _: value.copy()).sql(dialect="duckdb")
    listed = ", ".join("(CAST(? AS VARCHAR))" for _ in codes)
    query = f"SELECT fine.code, {coarse} FROM (VALUES {listed}) AS fine(code)"
    rows = con.execute(query, [None if code == UNKNOWN else code for code in codes]).fetchall()
    return {_code(fine): _code(coarse) for fine, coarse in rows}


def _looked_up(con: Connection, schema: str, relation: str, shown: exp.Column, made: exp.Expr) -> Mapping[str, str]:
    """The coarse code of each fine code, from the mart of the referred concept; codes that lie in two are left out."""
    fine = exp.column(shown.name, quoted=True)
    coarse = to_sql(made, lambda column: exp.column(column.name, quoted=True))
    query = exp.select(fine, coarse).distinct().from_(exp.table_(relation, db=schema, quoted=True))
    rows = con.execute(query.sql(dialect="duckdb")).fetchall()
    lies: dict[str, set[str]] = {UNKNOWN: {UNKNOWN}}
    for one, other in rows:
        lies.setdefault(_code(one), set()).add(_code(other))
    return {code: next(iter(inside)) for code, inside in lies.items() if len(inside) == 1}


def _code(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return UNKNOWN if value is None else str(value)
