"""Runs the worked examples of measures and segments on the plain-Python reference and on an engine.

Here live the reading of the small pipe tables and the comparison with what is expected. What a measure means stands in
`reference`, how an engine computes it in `compute`.
"""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

import duckdb

from luotsi.concepts.calls import Value, time
from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.concepts.records import Example
from luotsi.engine.duck.connection import Connection
from luotsi.engine.measures.example_tables import Tables
from luotsi.engine.measures.reference import Period, Row, World, measured, segmented
from luotsi.engine.measures.reference.world import attributes

NUMBERS = ("numerator", "denominator", "value", "n")
SEGMENT = {"person": "reference", "period_end": "date", "segments": "code", "segment": "code"}
"""The columns of relation `segment`, which the engine makes and which is no concept."""

ROUNDED = 4
"""An expected value with so many decimals or more is taken as rounded to them; with fewer it is exact."""

SLACK = Decimal("1e-9")
"""By how much an engine's binary fraction may differ from a decimal."""
APART = 120
"""Where the bits of a key begin that tell examples apart: above those of numbers."""

Answer = Mapping[str, Decimal | None]
Segmenting = Callable[[Connection, County, str, datetime.date, str], Mapping[str, str]]
"""(connection, county, segment list, period end, schema) -> person's key as text -> segment, by an engine."""


def run(county: County, name: str) -> list[str]:
    """Every way in which the reference or DuckDB differs from what the examples of a measure expect; empty is good."""
    with duckdb.connect() as con:
        return run_measures(county, [name], Tables(con, county))


def run_measures(county: County, names: list[str], tables: Tables) -> list[str]:
    """The same for many measures over one connection. The first example of each runs it as it stands."""
    faults: list[str] = []
    for name in names:
        for place, example in enumerate(county.measures[name].examples):
            try:
                world = world_of(county, example)
                answers = {
                    "reference": by_reference(world, name, example),
                    tables.engine: tables.asked(world, [(name, example)], whole=place == 0)[0],
                }
            except (UserError, ValueError, TypeError, duckdb.Error) as error:
                faults.append(f"{name}: {example.name}: {error}")
                continue
            for engine, answer in answers.items():
                faults += [f"{name}: {example.name}: {engine}: {each}" for each in differing(example.expect, answer)]
    return faults


def run_together(county: County, names: Sequence[str], tables: Tables) -> list[str]:
    """Where an engine differs from the reference with the rows of all examples of some measures beside each other.

    The engine is asked once for the measures and groups of all.
    """
    examples = [(name, example) for name in names for example in county.measures[name].examples]
    world, faults = together(county, [example for _, example in examples]), list[str]()
    for (name, example), answer in zip(examples, tables.asked(world, examples), strict=True):
        wanted = by_reference(world, name, example)
        faults += [
            f"{name}: {example.name}: {word} is {wanted[word]} by the reference, and {answer[word]} on {tables.engine}"
            for word in (NUMBERS if wanted["n"] else ("n",))  # an engine gives no row of what counts nothing
            if not _near(wanted[word], answer[word])
        ]
    return faults


def together(county: County, examples: Sequence[Example]) -> World:
    """The rows of some examples; each example's things have keys of their own, in the order they had."""
    tables: dict[str, list[Row]] = {}
    for place, example in enumerate(examples):
        for relation, rows in world_of(county, example).tables.items():
            for row in rows:
                values = {
                    word: uuid.UUID(int=value.int ^ place << APART) if isinstance(value, uuid.UUID) else value
                    for word, value in row.values.items()
                }
                tables.setdefault(relation, []).append(Row(relation, values))
    return World(county, tables)


def _near(one: Decimal | None, other: Decimal | None) -> bool:
    return one is other if one is None or other is None else abs(one - other) <= SLACK


def run_segments(
    county: County, name: str, segmenting: Segmenting | None = None, tables: Tables | None = None
) -> list[str]:
    """The same for a segment list: `expect` maps the person's key in the example to the segment, empty for none."""
    faults: list[str] = []
    with duckdb.connect() as con:
        tables = tables or Tables(con, county)
        for example in county.segments[name].examples:
            world = world_of(county, example)
            period = Period.read(example.period)
            found = segmented(world, county.segments[name], period)
            answers = {"reference": {str(key): value for key, value in found.items()}}
            if segmenting is not None:
                tables.fill(world)
                answers[tables.engine] = dict(segmenting(tables.con, county, name, period.last, tables.schema))
            for engine, answer in answers.items():
                for person, wanted in example.expect.items():
                    got = answer.get(str(key_of(person.removeprefix("person_"))))
                    if got != (wanted or None):
                        where = f"{name}: {example.name}: {engine}"
                        faults.append(f"{where}: {person} should be {wanted or 'in none'}, not {got or 'in none'}")
    return faults


def by_reference(world: World, name: str, example: Example) -> Answer:
    """The reference's answer to an example of a measure."""
    result = measured(world, world.county.measures[name], Period.read(example.period), example.group)
    return {
        "numerator": result.numerator,
        "denominator": result.denominator,
        "value": result.value,
        "n": Decimal(result.n),
    }


def differing(expected: Mapping[str, str], answer: Answer) -> list[str]:
    """Where an answer differs from what is expected, a sentence for each number."""
    found: list[str] = []
    for name, text in expected.items():
        if name not in NUMBERS:
            found.append(f"{name} cannot be expected; it can be {', '.join(NUMBERS)}")
        elif not agrees(text, answer[name]):
            got = answer[name]
            found.append(f"{name} should be {text or 'null'}, not {'null' if got is None else f'{got.normalize():f}'}")
    return found


def agrees(text: str, got: Decimal | None) -> bool:
    """Whether a number is what a text says, to the decimals of the text when it is rounded."""
    if text == "" or got is None:
        return text == "" and got is None
    try:
        wanted = Decimal(text)
    except InvalidOperation as error:
        raise UserError(f"{text!r} is not a number that can be expected") from error
    decimals = -int(wanted.as_tuple().exponent)
    slack = Decimal(1).scaleb(-decimals) / 2 if decimals >= ROUNDED else SLACK
    return abs(wanted - got) <= slack


def world_of(county: County, example: Example) -> World:
    """The small tables of an example as rows."""
    tables = {relation: rows_of(county, relation, table) for relation, table in example.given.items()}
    return World(county, tables)


def rows_of(county: County, relation: str, table: str) -> list[Row]:
    """The rows of a pipe table: first line the names, empty cells null; `key` is the row's number unless given."""
    types = types_of(county, relation)
    lines = [line for line in table.splitlines() if line.strip()]
    names = cells(lines[0]) if lines else []
    for name in names:
        if name != "key" and name not in types:
            raise UserError(f"{relation} has no attribute {name}; mend the heading line of the example")
    rows: list[Row] = []
    for place, line in enumerate(lines[1:], 1):
        found = cells(line)
        if len(found) != len(names):
            raise UserError(
                f"row {place} of {relation} has {len(found)} cells under {len(names)} names: {line.strip()}"
            )
        given = dict(zip(names, found, strict=True))
        key = key_of(given.pop("key", "") or str(place))
        values = {name: typed(types[name], cell, f"{relation}.{name}") for name, cell in given.items()}
        rows.append(Row(relation, {**dict.fromkeys(types), **values, "key": key}))
    return rows


def types_of(county: County, relation: str) -> dict[str, str]:
    """Name -> type of the columns of a relation, those that identify a person left out."""
    if relation == "segment":
        return SEGMENT
    name, _, many = relation.partition(".")
    if name not in county.concepts or (many and many not in county.concepts[name].many):
        raise UserError(f"there is no concept {relation}; mend the name under given")
    return {name: each.type for name, each in attributes(county, relation).items() if each.privacy != "identifying"}


def cells(line: str) -> list[str]:
    """The cells of a line."""
    return [cell.strip() for cell in line.split("|")]


def key_of(text: str) -> uuid.UUID:
    """The key of a row named in an example: numbers keep their order."""
    return uuid.UUID(int=int(text)) if text.isdigit() else uuid.UUID(hashlib.md5(text.encode()).hexdigest())


def typed(kind: str, cell: str, place: str) -> Value:
    """The value that a cell writes. Raises UserError where it writes none of its type."""
    if cell == "":
        return None
    try:
        match kind:
            case "integer":
                return int(cell)
            case "decimal":
                return Decimal(cell)
            case "boolean":
                return {"true": True, "false": False}[cell]
            case "date":
                return datetime.date.fromisoformat(cell)
            case "timestamp":
                return time(cell)
            case "reference":
                return key_of(cell)
            case _:
                return cell
    except (ValueError, KeyError, InvalidOperation) as error:
        raise UserError(f"{cell!r} is not a {kind} ({place}); mend the example") from error
