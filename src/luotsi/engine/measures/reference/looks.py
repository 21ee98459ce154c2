"""Looks: what a row learns from rows of another concept about the same person."""

from __future__ import annotations

from decimal import Decimal

from luotsi.concepts.calls import Value, time
from luotsi.concepts.records import Look
from luotsi.concepts.scalars import numeric, order
from luotsi.concepts.scope import looked_relation
from luotsi.engine.measures.reference.world import Row, World


def looked(world: World, row: Row, look: Look) -> Value:
    """What a look gives: the rows it sees, reduced by `take`."""
    seen = [other for other in world.rows(looked_relation(look)) if sees(world, row, look, other)]
    if look.take == "exists":
        return bool(seen)
    if look.take == "count" and look.value is None:
        return len(seen)
    found = [(moment(world, look, other), world.value(look.value or "key", other, row)) for other in seen]
    return taken(look.take, [(at, value) for at, value in found if value is not None])


def sees(world: World, row: Row, look: Look, other: Row) -> bool:
    """Whether the look of `row` sees `other`: shared reference, window [after, before), and `where`."""
    shared = side(world, row, look.by)
    if shared is None or shared != side(world, other, look.by):
        return False
    at = moment(world, look, other)
    if look.after is not None and not reaches(world.value(look.after, row), at):
        return False
    if look.before is not None and (at is None or reaches(world.value(look.before, row), at) is not False):
        return False
    return look.where is None or world.value(look.where, other, row) is True


def reaches(bound: Value, at: Value) -> bool | None:
    """Whether `at` is at or after a bound; None when either is null."""
    return None if bound is None or at is None else time(at) >= time(bound)


def side(world: World, row: Row, by: str) -> Value:
    """The row's end of the shared reference: the attribute of that name, or the key when the row is the thing."""
    concept = world.concept(row)
    return row.values.get(by) if by in concept.attributes else row.key


def moment(world: World, look: Look, other: Row) -> Value:
    """When the other row happened: `at`, or the concept's own date."""
    at = look.at or world.concept(other).happens
    return None if at is None else world.value(at, other)


def taken(take: str, found: list[tuple[Value, Value]]) -> Value:
    """(moment, value) pairs reduced: null values are passed over, and of equal moments the higher value is taken."""
    values = [value for _, value in found]
    if take == "count":
        return len(values)
    dated = [(time(at), value) for at, value in found if at is not None]
    match take:
        case "first" if dated:
            start = min(at for at, _ in dated)
            return highest([value for at, value in dated if at == start])
        case "latest" if dated:
            end = max(at for at, _ in dated)
            return highest([value for at, value in dated if at == end])
        case "max" if values:
            return highest(values)
        case "min" if values:
            return lowest(values)
        case "sum" if values:
            return sum((Decimal(numeric(value)) for value in values), start=Decimal(0))
        case "mean" if values:
            return sum((Decimal(numeric(value)) for value in values), start=Decimal(0)) / len(values)
        case _:
            return None


def highest(values: list[Value]) -> Value:
    """The highest of some values."""
    best = values[0]
    for value in values:
        best = value if order(value, best) > 0 else best
    return best


def lowest(values: list[Value]) -> Value:
    """The lowest of some values."""
    best = values[0]
    for value in values:
        best = value if order(value, best) < 0 else best
    return best
