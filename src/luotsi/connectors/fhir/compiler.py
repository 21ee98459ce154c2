"""Turns a path into DuckDB SQL over JSON. Knows no tables and no files: `views` and `reader` put the SQL to use.

A path gives a collection. Here it is either `many`, a list of JSON values (JSON[]), or one typed value that may be
null (boolean, number, text). FHIR's own rule that a member repeats or not is read from each document as it comes.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal as Words

from luotsi.connectors.fhir.boundaries import NUMBERS, boundary
from luotsi.connectors.fhir.paths import Binary, Call, Constant, Item, Literal, Member, Node, PathError, This

Kind = Words["many", "boolean", "number", "text"]
CHOICES = frozenset(
    {"value", "effective", "onset", "abatement", "deceased", "multipleBirth", "performed", "occurrence", "medication"}
    | {"timing", "scheduled", "asNeeded", "rate", "dose", "product", "location", "serviced", "allowed", "born", "age"}
    | {"reported", "substance", "collected"}
)
"""Elements that FHIR writes with their type in the name (`valueQuantity`); bare, they mean any of the types."""
JSON_TYPES = {
    "boolean": "'BOOLEAN'",
    "string": "'VARCHAR'",
    "code": "'VARCHAR'",
    "integer": "'UBIGINT', 'BIGINT'",
    "decimal": "'UBIGINT', 'BIGINT', 'DOUBLE'",
}


@dataclass(frozen=True)
class Value:
    """SQL of a collection. `type`: the FHIR type where the path says it (boundaries need it)."""

    sql: str
    kind: Kind
    type: str | None = None


@dataclass(frozen=True)
class Scope:
    """What a path may speak of: the element it starts from, the resource, the place in a loop, constants."""

    this: str
    resource: str
    index: str = "0"
    type: str | None = None
    """FHIR type that is wanted, where the path itself does not say one."""
    roots: Mapping[str, str] = field(default_factory=dict[str, str])
    """Members of the resource that were taken from it already -> SQL of their JSON."""
    constants: Mapping[str, Literal] = field(default_factory=dict[str, Literal])
    fresh: Callable[[], str] = field(default_factory=lambda: _names())


def _names() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"e{next(numbers)}"


def quoted(text: str) -> str:
    """A SQL text literal."""
    return "'" + text.replace("'", "''") + "'"


def compiled(node: Node, scope: Scope) -> Value:
    """SQL of the collection a path gives. Raises PathError where the path calls what is not there."""
    match node:
        case Literal():
            return _literal(node)
        case This():
            return Value(f"[{scope.this}]", "many")
        case Constant(name):
            return _constant(name, scope)
        case Member(This(), name) if scope.this == scope.resource and name in scope.roots:
            return Value(_root(scope.roots[name]), "many")
        case Member(of, name):
            return Value(_members(many(compiled(of, scope)), name, scope), "many")
        case Item(of, index):
            place = number(compiled(index, scope))
            source = many(compiled(of, scope))
            return Value(f"{source}[{_next(place)}:{_next(place)}]", "many")
        case Binary():
            return _binary(node, scope)
        case Call():
            return _call(node, scope)


def many(value: Value) -> str:
    """The collection as JSON[]."""
    if value.kind == "many":
        return value.sql
    return f"list_filter([to_json({value.sql})], lambda v: v IS NOT NULL)"


def text(value: Value) -> str:
    """The one value as text; null where there is none. Of several the first."""
    return f"({value.sql}[1] ->> '$')" if value.kind == "many" else f"CAST({value.sql} AS VARCHAR)"


def number(value: Value) -> str:
    """The one value as a number."""
    return value.sql if value.kind == "number" else f"TRY_CAST({text(value)} AS DOUBLE)"


def boolean(value: Value, strict: bool = False) -> str:
    """The one value as true, false or null. A value that is no boolean is true, or with `strict` an error."""
    if value.kind == "boolean":
        return value.sql
    other = "error('A where path gives a value that is not true or false.')::BOOLEAN" if strict else "true"
    if value.kind != "many":
        return f"CASE WHEN {value.sql} IS NOT NULL THEN {other} END"
    each = f"CASE json_type(v) WHEN 'BOOLEAN' THEN (v ->> '$')::BOOLEAN ELSE {other} END"
    return f"list_transform({value.sql}, lambda v: {each})[1]"


def _literal(node: Literal) -> Value:
    if isinstance(node.value, bool):
        return Value(str(node.value).lower(), "boolean", node.type)
    if isinstance(node.value, Decimal):
        return Value(f"{node.value}::DOUBLE" if node.type == "decimal" else str(node.value), "number", node.type)
    return Value(quoted(node.value), "text", node.type)


def _constant(name: str, scope: Scope) -> Value:
    if name == "rowIndex":
        return Value(scope.index, "number", "integer")
    if name == "resource":
        return Value(f"[{scope.resource}]", "many")
    if name == "context":
        return Value(f"[{scope.this}]", "many")
    if name not in scope.constants:
        raise PathError(f"There is no constant %{name}; declare it in the view, or mend its name.")
    return _literal(scope.constants[name])


def _next(place: str) -> str:
    return str(int(place) + 1) if place.isdigit() else f"CAST({place} AS BIGINT) + 1"


def json_member(name: str) -> str:
    """One step of a JSON path."""
    return f".{name}" if name.isidentifier() else '."' + name.replace('"', '\\"') + '"'


def _members(source: str, name: str, scope: Scope) -> str:
    each = scope.fresh()
    step = quoted("$" + json_member(name))
    items = quoted("$" + json_member(name) + "[*]")
    one = f"list_filter([json_extract({each}, {step})], lambda v: v IS NOT NULL)"
    if name in CHOICES:
        typed = (
            f"list_filter(list_transform(list_filter(json_keys({each}), lambda k: "
            f"regexp_full_match(k, '{name}[A-Z]\\w*')), lambda k: json_extract({each}, k)), lambda v: v IS NOT NULL)"
        )
        one = f"CASE WHEN json_exists({each}, {step}) THEN {one} ELSE {typed} END"
    found = (
        f"CASE json_type({each}, {step}) WHEN 'ARRAY' THEN {_items(f'json_extract({each}, {items})')} "
        f"WHEN 'NULL' THEN []::JSON[] ELSE {one} END"
    )
    return f"flatten(list_transform({source}, lambda {each}: {found}))"


def _items(listed: str) -> str:
    """The items of a JSON list; FHIR writes null where only the extension of an item is known."""
    return f"list_filter({listed}, lambda v: json_type(v) <> 'NULL')"


def _root(taken: str) -> str:
    """The values of a member of the resource that was taken from it before."""
    items = _items(f"json_extract({taken}, '$[*]')")
    return (
        f"CASE json_type({taken}) WHEN 'ARRAY' THEN {items} "
        f"WHEN 'NULL' THEN []::JSON[] ELSE list_filter([{taken}], lambda v: v IS NOT NULL) END"
    )


# Operators


def _binary(node: Binary, scope: Scope) -> Value:
    left, right = compiled(node.left, scope), compiled(node.right, scope)
    match node.operator:
        case "and" | "or":
            return Value(f"({boolean(left)} {node.operator.upper()} {boolean(right)})", "boolean")
        case "xor":
            return Value(f"({boolean(left)} <> {boolean(right)})", "boolean")
        case "implies":
            return Value(f"(NOT {boolean(left)} OR {boolean(right)})", "boolean")
        case "=" | "!=":
            sign = "=" if node.operator == "=" else "<>"
            return Value(_direct(node, _equal(left, right, sign), sign, scope), "boolean")
        case "<" | "<=" | ">" | ">=":
            return Value(_ordered(left, right, node.operator), "boolean")
        case "&":
            return Value(f"(coalesce({text(left)}, '') || coalesce({text(right)}, ''))", "text")
        case "+" if "text" in (left.kind, right.kind):
            return Value(f"({text(left)} || {text(right)})", "text")
        case "/":
            return Value(f"({number(left)} / nullif({number(right)}, 0))", "number")
        case _:
            return Value(f"({number(left)} {node.operator} {number(right)})", "number")


def _direct(node: Binary, whole: str, sign: str, scope: Scope) -> str:
    """A member beside a text, the commonest condition, asked of the element itself unless the member is a list."""
    match node:
        case Binary(_, Member(This(), name), Literal(str(wanted))) if name not in CHOICES:
            step = quoted("$" + json_member(name))
            direct = f"(({scope.this} ->> {step}) {sign} {quoted(wanted)})"
            return f"CASE WHEN json_type({scope.this}, {step}) = 'ARRAY' THEN {whole} ELSE {direct} END"
        case _:
            return whole


def _equal(left: Value, right: Value, sign: str) -> str:
    kinds = {left.kind, right.kind}
    if "many" not in kinds:
        return f"({left.sql} {sign} {right.sql})" if len(kinds) == 1 else f"({text(left)} {sign} {text(right)})"
    if "boolean" in kinds:
        each, cast = "TRY_CAST(v ->> '$' AS BOOLEAN)", "BOOLEAN"
    elif "number" in kinds:
        each, cast = "TRY_CAST(v ->> '$' AS DOUBLE)", "DOUBLE"
    elif "text" in kinds:
        each, cast = "v ->> '$'", "VARCHAR"
    else:
        each, cast = (
            f"CASE WHEN json_type(v) IN {NUMBERS} THEN CAST((v ->> '$')::DOUBLE AS VARCHAR) ELSE v ->> '$' END",
            "",
        )
    sides = [_listed(side, each, cast or "VARCHAR") for side in (left, right)]
    return f"({sides[0]} {sign} {sides[1]})"


def _listed(side: Value, each: str, cast: str) -> str:
    """Collections are equal as a whole; an empty one makes the answer empty."""
    if side.kind != "many":
        return f"CASE WHEN {side.sql} IS NOT NULL THEN [CAST({side.sql} AS {cast})] END"
    return f"nullif(list_transform({side.sql}, lambda v: {each}), []::{cast}[])"


def _ordered(left: Value, right: Value, sign: str) -> str:
    kinds = {left.kind, right.kind}
    numeric = f"({number(left)} {sign} {number(right)})"
    if "number" in kinds:
        return numeric
    textual = f"({text(left)} {sign} {text(right)})"
    if "text" in kinds:
        return textual
    return f"CASE WHEN json_type({left.sql}[1]) IN {NUMBERS} THEN {numeric} ELSE {textual} END"


# Functions


def _call(node: Call, scope: Scope) -> Value:
    name, given = node.name, len(node.arguments)
    least, most = FUNCTIONS.get(name, (-1, -1))
    if not least <= given <= most:
        known = ", ".join(sorted(FUNCTIONS))
        raise PathError(f"{name}() with {given} arguments is no function of a path here; there are {known}.")
    if name == "ofType":
        return _of_type(node, scope)
    if name == "getResourceKey":
        return Value(f"({scope.resource} ->> '$.id')", "text")
    base = compiled(node.of, scope)
    source = many(base)
    match name:
        case "first":
            return replace(base, sql=f"{source}[1:1]", kind="many")
        case "last":
            return replace(base, sql=f"{source}[-1:]", kind="many")
        case "where":
            return replace(base, sql=_where(source, node.arguments[0], scope), kind="many")
        case "exists":
            found = _where(source, node.arguments[0], scope) if given else source
            return Value(f"(len({found}) > 0)", "boolean")
        case "empty":
            return Value(f"(len({source}) = 0)", "boolean")
        case "count":
            return Value(f"len({source})", "number", "integer")
        case "not":
            return Value(f"(NOT {boolean(base)})", "boolean")
        case "extension":
            criterion = Binary("=", Member(This(), "url"), node.arguments[0])
            return Value(_where(_members(source, "extension", scope), criterion, scope), "many")
        case "join":
            between = text(compiled(node.arguments[0], scope)) if given else "''"
            return Value(f"array_to_string(list_transform({source}, lambda v: v ->> '$'), {between})", "text")
        case "replace":
            old, new = (text(compiled(each, scope)) for each in node.arguments)
            return Value(f"replace({text(base)}, {old}, {new})", "text", "string")
        case "getReferenceKey":
            return _reference_key(source, node)
        case _:
            kind = base.type or scope.type
            return Value(boundary(text(base), f"{source}[1]", kind, name == "lowBoundary"), "text", kind)


FUNCTIONS: dict[str, tuple[int, int]] = {
    "first": (0, 0), "last": (0, 0), "where": (1, 1), "exists": (0, 1), "empty": (0, 0), "count": (0, 0),
    "not": (0, 0), "ofType": (1, 1), "extension": (1, 1), "join": (0, 1), "getResourceKey": (0, 0),
    "getReferenceKey": (0, 1), "lowBoundary": (0, 0), "highBoundary": (0, 0), "replace": (2, 2),
}  # fmt: skip
"""Function -> the fewest and the most arguments."""


def _where(source: str, criterion: Node, scope: Scope) -> str:
    each = scope.fresh()
    held = boolean(compiled(criterion, replace(scope, this=each)))
    return f"list_filter({source}, lambda {each}: coalesce({held}, false))"


def type_name(node: Node) -> str:
    """The type a path names as an argument: `Quantity`, `FHIR.Patient`."""
    if not isinstance(node, Member):
        raise PathError("A type is wanted where a path says ofType or getReferenceKey, such as ofType(Quantity).")
    return node.name


def _of_type(node: Call, scope: Scope) -> Value:
    wanted = type_name(node.arguments[0])
    if isinstance(node.of, Member):
        base = many(compiled(node.of.of, scope))
        return Value(_members(base, node.of.name + wanted[0].upper() + wanted[1:], scope), "many", wanted)
    base = many(compiled(node.of, scope))
    if wanted in JSON_TYPES:
        return Value(f"list_filter({base}, lambda v: json_type(v) IN ({JSON_TYPES[wanted]}))", "many", wanted)
    return Value(f"list_filter({base}, lambda v: (v ->> '$.resourceType') = {quoted(wanted)})", "many", wanted)


def reference_key(reference: str) -> str:
    """The id in a reference: `urn:uuid:X`, `Patient/X`, an absolute address, `Patient/X/_history/1` all give X."""
    pattern = r"^(?:.*/)?[A-Za-z]+/([A-Za-z0-9\-.]+)(?:/_history/.*)?$"
    return (
        f"CASE WHEN starts_with({reference}, 'urn:uuid:') THEN substr({reference}, 10) "
        f"WHEN starts_with({reference}, 'urn:oid:') THEN substr({reference}, 9) "
        f"ELSE coalesce(nullif(regexp_extract({reference}, '{pattern}', 1), ''), {reference}) END"
    )


def _reference_key(source: str, node: Call) -> Value:
    reference = "(v ->> '$.reference')"
    key = f"to_json({reference_key(reference)})"
    if node.arguments:
        wanted = type_name(node.arguments[0])
        named = f"regexp_extract({reference}, '([A-Za-z]+)/[A-Za-z0-9\\-.]+(?:/_history/.*)?$', 1)"
        key = f"CASE WHEN coalesce(nullif({named}, ''), v ->> '$.type', '{wanted}') = '{wanted}' THEN {key} END"
    found = f"list_transform({source}, lambda v: {key})"
    return Value(f"list_filter({found}, lambda v: json_type(v) <> 'NULL')", "many", "string")
