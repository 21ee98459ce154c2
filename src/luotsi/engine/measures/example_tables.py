"""Puts the rows of an example into tables in the shape of the marts, and asks the engine there."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from luotsi.concepts.calendar import calendar_days
from luotsi.concepts.calls import Value
from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.concepts.records import Example, Measure
from luotsi.engine.duck.connection import Connection, given
from luotsi.engine.duck.types import SQL_TYPES
from luotsi.engine.measures.compute import compute
from luotsi.engine.measures.reference import Period, World
from luotsi.engine.measures.reference.world import attributes

SPANS = {"person": "person", "segments": "segments", "segment": "segment", "since": "period_end", "until": "period_end"}
"""Columns of the table of segments, and those of relation `segment` that fill them: a span of one month's end."""


class Tables:
    """The marts of a county as empty tables in memory, in a schema of their own, filled anew for each question."""

    schema = "examples"

    def __init__(self, con: Connection, county: County, engine: str = "DuckDB") -> None:
        self.con, self.county, self.engine, self.filled = con, county, engine, set[str]()
        con.execute(f"ATTACH ':memory:' AS {self.schema}")
        with given(con, "days", calendar_days()):
            con.execute(f"CREATE TABLE {self.schema}.calendar AS SELECT * FROM days")
        spans = "person UUID, segments TEXT, segment TEXT, since DATE, until DATE"
        con.execute(f"CREATE TABLE {self.schema}.segment_spans ({spans})")
        for name, concept in county.concepts.items():
            for relation in (name, *(f"{name}.{many}" for many in concept.many)):
                columns = "".join(f', "{word}" {sql}' for word, sql in columns_of(county, relation).items())
                con.execute(f"CREATE TABLE {self.named(relation)} (key UUID{columns})")

    def named(self, relation: str) -> str:
        """The table of a relation."""
        return f"{self.schema}.{'segment_spans' if relation == 'segment' else relation.replace('.', '_')}"

    def fill(self, world: World) -> None:
        """Replaces all rows by those of an example."""
        for relation in self.filled:
            self.con.execute(f"DELETE FROM {self.named(relation)}")
        self.filled = {relation for relation, rows in world.tables.items() if rows}
        for relation in self.filled:
            names = (
                SPANS if relation == "segment" else {name: name for name in [*columns_of(self.county, relation), "key"]}
            )
            places = ", ".join("?" for _ in names)
            listed = ", ".join(f'"{name}"' for name in names)
            rows = [[plain(row.values.get(name)) for name in names.values()] for row in world.rows(relation)]
            self.con.executemany(f"INSERT INTO {self.named(relation)} ({listed}) VALUES ({places})", rows)

    def asked(
        self, world: World, examples: Sequence[tuple[str, Example]], *, whole: bool = False
    ) -> list[dict[str, Decimal | None]]:
        """The engine's answers to examples of measures over the same rows: nothing counted where it gives no row.

        The measures are asked for the groups of these examples alone, to be quick; `whole`: as they stand.
        """
        self.fill(world)
        by_measure: dict[str, list[Example]] = {}
        for name, example in examples:
            by_measure.setdefault(name, []).append(example)
        cut = {name: asked_for(self.county.measures[name], listed) for name, listed in by_measure.items()}
        county = self.county if whole else replace(self.county, measures={**self.county.measures, **cut})
        periods = [Period.read(each.period) for _, each in examples]
        first, last = min(each.first for each in periods), max(each.last for each in periods)
        table = compute(self.con, county, list(by_measure), schema=self.schema, first_month=first, last_month=last)
        found = {(row["measure"], row["period"], row["group"]): row for row in table.to_pylist()}
        return [_answer(found.get((name, example.period, _group(example)))) for name, example in examples]


def _group(example: Example) -> str:
    return ";".join(f"{dimension}={value}" for dimension, value in sorted(example.group.items()))


def _answer(row: Mapping[str, Any] | None) -> dict[str, Decimal | None]:
    if row is None:
        return {"numerator": Decimal(0), "denominator": None, "value": None, "n": Decimal(0)}
    return {word: exact(row[word]) for word in ("numerator", "denominator", "value", "n")}


def asked_for(measure: Measure, examples: Sequence[Example]) -> Measure:
    """A measure with the dimensions alone that examples of it ask for. Raises UserError for what it cannot be asked."""
    for example in examples:
        if (grain := Period.read(example.period).grain) not in measure.periods:
            raise UserError(f"{example.period} is a {grain}, which is not among the periods of {measure.measure}")
        if strange := set(example.group) - set(measure.dimensions):
            raise UserError(f"{measure.measure} has no dimension {', '.join(sorted(strange))}")
    groups = {tuple(each.group) for each in examples}
    cut = {
        "dimensions": tuple(each for each in measure.dimensions if any(each in group for group in groups)),
        "pairs": tuple(group for group in sorted(groups) if len(group) == 2),
    }
    return measure.model_copy(update=cut)


def columns_of(county: County, relation: str) -> dict[str, str]:
    """Column -> SQL type of a relation's table, without the key."""
    return {
        name: SQL_TYPES[each.type]
        for name, each in attributes(county, relation).items()
        if each.privacy != "identifying"
    }


def plain(value: Value) -> Value:
    """A value as a database takes it."""
    return str(value) if isinstance(value, uuid.UUID) else value


def exact(value: float | int | Decimal | None) -> Decimal | None:
    """A number of a result as a decimal."""
    return None if value is None else Decimal(repr(value) if isinstance(value, float) else value)
