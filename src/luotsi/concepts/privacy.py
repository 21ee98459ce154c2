"""Which columns of an extract may land open, which become pseudonyms, and which go to the encrypted store alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from luotsi.concepts.errors import UserError
from luotsi.concepts.expressions import ExpressionError, names, parse
from luotsi.concepts.reading import County
from luotsi.concepts.records import Attribute, Concept, Mapping, Table, Value


@dataclass(frozen=True)
class LandingColumns:
    """The columns of a source table by what may be shown of them.

    `identifiers`: column -> system of its pseudonym (`$instance` unresolved, '' where the source says none).
    `texts`: the kept columns that hold free text, where a personal identity code must not stand.
    """

    identifiers: dict[str, str]
    identifying: frozenset[str]
    kept: frozenset[str]
    texts: frozenset[str] = frozenset()
    unpivot: str | None = None
    """Regular expression of further columns that are kept: those that a source turns into rows."""
    keys: frozenset[str] = frozenset()
    """The columns that tell which thing a row speaks of."""
    conflicts: tuple[str, ...] = ()
    """Columns that the source uses in two ways that cannot both hold, a sentence each."""

    def of_unpivot(self, column: str) -> bool:
        """Whether a column is one of those turned into rows."""
        return self.unpivot is not None and re.fullmatch(self.unpivot, column) is not None


@dataclass
class _Uses:
    systems: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    identifying: set[str] = field(default_factory=set[str])
    plain: set[str] = field(default_factory=set[str])
    texts: set[str] = field(default_factory=set[str])
    keys: set[str] = field(default_factory=set[str])
    conflicts: list[str] = field(default_factory=list[str])


def landing_columns(county: County, source: str, table_name: str) -> LandingColumns:
    """Classifies the columns of one source table. Raises UserError where there is no such source or table."""
    record = county.sources.get(source)
    if record is None or table_name not in record.tables:
        raise UserError(f"There is no table {table_name} in the source {source}. See county/sources/{source}.yaml.")
    table = record.tables[table_name]
    uses = _Uses()
    for mapping in table.into:
        _use(county, mapping, uses)
    for expression in (table.deleted, table.changed_at, *(mapping.where for mapping in table.into)):
        uses.plain |= set() if expression is None else (_columns(expression) - set(uses.systems))
    return _landing(table, uses)


def _landing(table: Table, uses: _Uses) -> LandingColumns:
    virtual: set[str] = {table.unpivot.name, table.unpivot.value} if table.unpivot else set()
    identifying = uses.identifying - set(uses.systems)
    for column, systems in uses.systems.items():
        if len(systems) > 1:
            uses.conflicts.append(f"the column {column} is an identifier of two systems: {', '.join(sorted(systems))}")
    for column in sorted((identifying | set(uses.systems)) & uses.plain):
        uses.conflicts.append(f"the column {column} identifies people, and another mapping wants it open")
    for column in sorted(virtual & (identifying | set(uses.systems))):
        uses.conflicts.append(f"{column} identifies people: columns turned into rows cannot")
    kept = set(table.columns) - identifying - set(uses.systems)
    mapped = uses.plain | identifying | set(uses.systems)
    texts = (uses.texts & kept) | (kept - mapped)
    return LandingColumns(
        identifiers={column: min(systems) for column, systems in uses.systems.items()},
        identifying=frozenset(identifying - virtual),
        kept=frozenset(kept),
        texts=frozenset(texts),
        unpivot=table.unpivot.columns if table.unpivot else None,
        keys=frozenset(uses.keys),
        conflicts=tuple(uses.conflicts),
    )


def _use(county: County, mapping: Mapping, uses: _Uses) -> None:
    concept = county.concepts.get(mapping.concept)
    if concept is None:
        return  # an unknown concept is a fault that `check` reports
    keys = set(mapping.key)
    for value in (*mapping.key.values(), *(pair.member for pair in mapping.same_as)):
        uses.keys |= _columns(value.value)
    for attribute, value in _filled(mapping):
        found = concept.attributes.get(attribute)
        if found is None and mapping.many in concept.many:
            found = concept.many[mapping.many].attributes.get(attribute)
        if found is None:
            continue
        if _identifies(county, concept, attribute, found, attribute in keys):
            _identifier(value, f"{mapping.concept}.{attribute}", uses)
        elif found.privacy == "identifying":
            uses.identifying |= _columns(value.value)
        else:
            columns = _columns(value.value)
            uses.plain |= columns
            uses.texts |= columns if found.type == "text" and attribute not in concept.key else set()
    for pair in mapping.same_as:
        for value in (pair.member, pair.master):
            if _person_like(concept):
                _identifier(value, f"{mapping.concept} (same_as)", uses)
            else:
                uses.plain |= _columns(value.value)


def _filled(mapping: Mapping) -> Iterator[tuple[str, Value]]:
    yield from mapping.key.items()
    yield from mapping.attributes.items()


def _identifies(county: County, concept: Concept, name: str, attribute: Attribute, is_key: bool) -> bool:
    if attribute.type == "reference":
        target = county.concepts.get(attribute.refers or "")
        return target is not None and _person_like(target)
    return is_key and name in concept.key and attribute.privacy == "identifying"


def _person_like(concept: Concept) -> bool:
    return any(key in concept.attributes and concept.attributes[key].privacy == "identifying" for key in concept.key)


def _identifier(value: Value, where: str, uses: _Uses) -> None:
    columns = _columns(value.value)
    if not isinstance(parse(value.value), exp.Column):
        if columns:
            uses.conflicts.append(f"{where} is filled with {value.value!r}: an identifier must be a column as it is")
            uses.identifying |= columns
        return
    for column in columns:
        uses.systems.setdefault(column, set()).add(value.system or "")


def _columns(expression: str) -> set[str]:
    try:
        return {name for name, _ in names(parse(expression))}
    except ExpressionError:
        return set()  # `check` reports the expression, with its line
