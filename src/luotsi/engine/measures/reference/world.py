"""Small tables held in memory, and what a name in an expression means for a row of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from luotsi.concepts.calls import Bands, Value
from luotsi.concepts.reading import County
from luotsi.concepts.records import Attribute, Concept
from luotsi.concepts.scalars import evaluate


@dataclass(frozen=True)
class Row:
    """A row of a concept (or of its group, `contact` or `assessment.answers`): `key` and the other names it has."""

    relation: str
    values: Mapping[str, Value]

    @property
    def concept(self) -> str:
        return self.relation.partition(".")[0]

    @property
    def key(self) -> Value:
        return self.values["key"]

    def joined(self, more: Mapping[str, Value]) -> Row:
        """The row with further names."""
        return Row(self.relation, {**self.values, **more})


@dataclass(frozen=True)
class World:
    """A county's content and the rows of each relation; a relation that is not there is empty."""

    county: County
    tables: Mapping[str, list[Row]] = field(default_factory=dict[str, list[Row]])

    def rows(self, relation: str) -> list[Row]:
        """The rows of a relation."""
        return self.tables.get(relation, [])

    def referred(self, row: Row, reference: str) -> Row | None:
        """The row that a reference of `row` names, None where there is none."""
        concept = self.refers(row, reference)
        return next((other for other in self.rows(concept) if other.key == row.values.get(reference)), None)

    def refers(self, row: Row, reference: str) -> str:
        """The concept that a reference refers to."""
        attribute = self.concept(row).attributes.get(reference)
        return (attribute.refers if attribute else None) or reference

    def concept(self, row: Row) -> Concept:
        """The concept of a row."""
        return self.county.concepts[row.concept]

    @property
    def bands(self) -> Bands:
        """The bands of code list age_group."""
        if "age_group" not in self.county.codes:
            return ()
        rows = self.county.codes["age_group"].rows
        return tuple(
            (code, int(cells["lower"]), int(cells["upper"]) if cells["upper"] else None) for code, cells in rows.items()
        )

    def value(self, expression: str, row: Row, this: Row | None = None) -> Value:
        """The value of an expression for a row; `this.x` is a name of the row that looks."""

        def lookup(name: str, table: str | None) -> Value:
            if table is None:
                return row.values.get(name)
            if table == "this" and this is not None:
                return this.values.get(name)
            other = self.referred(row, table)
            return other.values.get(name) if other else None

        return evaluate(expression, lookup, self.bands)

    def named(self, row: Row, expressions: Mapping[str, str]) -> Row:
        """The row with named expressions, each seeing those before it."""
        for name, expression in expressions.items():
            row = row.joined({name: self.value(expression, row)})
        return row


def attributes(county: County, relation: str) -> dict[str, Attribute]:
    """The attributes a relation has: of a group, its own, the references and the date of the concept it hangs on."""
    name, _, many = relation.partition(".")
    concept = county.concepts[name]
    if not many:
        return dict(concept.attributes)
    above = {
        word: each for word, each in concept.attributes.items() if each.type == "reference" or word == concept.happens
    }
    return {**above, **concept.many[many].attributes}
