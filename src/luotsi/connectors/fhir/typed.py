"""Writes the SELECT of a table as one typed reading of NDJSON: each line is parsed once, into just what is asked.

The paths themselves tell the shape: `coding[0].code` asks for a list of objects with a code. A document shaped
otherwise, a broken line, or a value that this reading would write otherwise than JSON does stops the statement, and
the careful reading (`columns`, `compiler`) is used instead. Paths that ask for more give no typed reading at all.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal as Words

from luotsi.concepts.records import Table
from luotsi.connectors.fhir.columns import walk
from luotsi.connectors.fhir.compiler import CHOICES, quoted, reference_key, type_name
from luotsi.connectors.fhir.paths import Binary, Call, Constant, Item, Literal, Member, Node, This, parse
from luotsi.connectors.fhir.shapes import Shape, UnfitError, named
from luotsi.connectors.fhir.views import repeat_of

VALUED = ("identifier", "telecom", "Quantity")
"""Ends of members whose `value` is just that, and never `valueString` or another type."""
POWERS = "-?[0-9.]+e[-+][0-9]+"
"""A number that a typed reading writes by powers of ten; JSON may have written it out, or with other zeros."""
STOP = "error('A document is not shaped as the paths ask for.')"
SHORT = 25
"""Such a number has fewer bytes than this."""


@dataclass(frozen=True)
class Found:
    """SQL of what a path gives.

    place: a value, or a list if `shape` says so; item: a value; items: a list without nulls; key, keys: ids of
    references; text, truth: as they are.
    """

    sql: str
    kind: Words["place", "item", "items", "key", "keys", "text", "truth"]
    shape: Shape


@dataclass(frozen=True)
class Scope:
    """What a path may speak of. `walked`: the path is a plain walk, whose indexes count nulls as well."""

    this: Found
    resource: Found
    index: str | None
    fresh: Callable[[], str]
    leaves: dict[str, str]
    """SQL of a value that is asked more than once -> the column it is taken into first."""
    walked: bool = False


def select(table: Table, path: Path, *, view: bool = False) -> str | None:
    """The SELECT of a table's columns from NDJSON of its resource alone; None where a path asks for more.

    The statement stops with a DuckDB error where a line is broken or shaped otherwise than the paths ask for.
    As a `view` it passes over lines of other resources and stops at a bundle, and an index never counts nulls, as
    FHIRPath says; a table counts them in a plain walk.
    """
    names = itertools.count(1)
    root = Shape()
    resource = Found("d", "item", root)
    scope = Scope(resource, resource, None, lambda: f"e{next(names)}", {})
    try:
        loop = None
        if table.each is not None:
            if repeat_of(table.each):
                return None
            loop = _loop(parse(table.each), scope)
            scope = replace(scope, this=Found("element", "item", loop.shape), index="place")
        columns = {name: _column(parse(each.path or name), scope, not view) for name, each in table.columns.items()}
        source = _of_resource(root, path, table) if view else _source(root, path)
    except UnfitError:
        return None
    if loop is not None:
        source = (
            "(SELECT d, element, place - 1 AS place FROM (SELECT d, unnest(l) AS element, "
            f"generate_subscripts(l, 1) AS place FROM (SELECT d, {loop.sql} AS l FROM {source}) WHERE len(l) > 0))"
        )
    # Each step takes what the next asks for more than once: DuckDB works out anew what stands twice in a CASE.
    leaves = "".join(f", {sql} AS {name}" for sql, name in scope.leaves.items())
    given = ", ".join(f"{found.sql} AS {named(name)}" for name, found in columns.items())
    shown = ", ".join(
        f"nullif({named(name)}, '') AS {named(name)}" if found.kind == "text" else named(name)
        for name, found in columns.items()
    )
    alias = " AS d" if loop is None else ""
    return f"SELECT {shown} FROM (SELECT {given} FROM (SELECT *{leaves} FROM {source}){alias})"


def _loop(tree: Node, scope: Scope) -> Found:
    """The elements a table loops over; of a plain member also those that are null, which are rows as well."""
    found = _found(tree, scope)
    if isinstance(tree, Member) and isinstance(tree.of, This):
        found.shape.list(True)
        return found
    return _items(found, scope)


def _source(root: Shape, path: Path) -> str:
    columns = ", ".join(f"{quoted(name)}: {quoted(each.type())}" for name, each in root.members.items())
    if not columns:
        raise UnfitError
    return f"read_json({quoted(str(path))}, format = 'newline_delimited', columns = {{{columns}}}) AS d"


def _of_resource(root: Shape, path: Path, table: Table) -> str:
    root.member("resourceType").read = True
    kind = f"d.{named('resourceType')}"
    held = f"CASE WHEN {kind} = 'Bundle' THEN {STOP}::BOOLEAN ELSE {kind} = {quoted(str(table.resource))} END"
    return f"(SELECT * FROM {_source(root, path)} WHERE {held}) AS d"


def _column(tree: Node, scope: Scope, walks: bool) -> Found:
    """A column as text, as `columns` gives it; of kind text where an empty text is none."""
    found = _found(tree, replace(scope, walked=walks and walk(tree) is not None))
    if found.kind in ("items", "keys"):
        raise UnfitError  # may be several
    return found if found.kind == "text" else replace(found, sql=_text(found, scope))


def _text(found: Found, scope: Scope | None) -> str:
    """The one value as text, of several the first; within a lambda, without scope, it is taken where it stands."""
    match found.kind:
        case "items" | "keys":
            return _text(_first(found), scope)
        case "place" | "item":
            if found.kind == "place":
                found.shape.list(False)
            found.shape.read = True
            leaf = _leaf(found.sql, scope)
            return _checked(leaf, leaf)
        case "truth":
            return f"CAST({found.sql} AS VARCHAR)"
        case _:
            return found.sql


def _leaf(sql: str, scope: Scope | None) -> str:
    return sql if scope is None else scope.leaves.setdefault(sql, f'" {len(scope.leaves)}"')


def _checked(leaf: str, given: str) -> str:
    """What is given of a leaf, unless it was no text and no plain number. Units may be written `[pH]`, `{score}`.

    How a text compares with one sign tells most apart by the first of theirs, and is quicker than to look into them.
    """
    shaped = f"CASE WHEN json_valid({leaf}) THEN {STOP}::VARCHAR ELSE {given} END"
    power = f"CASE WHEN regexp_full_match({leaf}, {quoted(POWERS)}) THEN {STOP}::VARCHAR ELSE {given} END"
    return (
        f"CASE WHEN {leaf} < ':' THEN "
        f"CASE WHEN strlen({leaf}) < {SHORT} AND contains({leaf}, 'e') THEN {power} ELSE {given} END "
        f"WHEN {leaf} >= '{{' OR {leaf} BETWEEN '[' AND '\\' THEN {shaped} ELSE {given} END"
    )


def _first(found: Found) -> Found:
    return Found(f"{found.sql}[1]", "key" if found.kind == "keys" else "item", found.shape)


def _items(found: Found, scope: Scope) -> Found:
    """The values as a list without nulls."""
    match found.kind:
        case "items" | "keys":
            return found
        case "item":
            return replace(found, sql=_filtered(f"[{found.sql}]", scope), kind="items")
        case "key":
            return replace(found, sql=_filtered(f"[{found.sql}]", scope), kind="keys")
        case "place":
            found.shape.list(True)
            return replace(found, sql=_filtered(found.sql, scope), kind="items")
        case _:
            raise UnfitError


def _filtered(listed: str, scope: Scope) -> str:
    each = scope.fresh()
    return f"list_filter({listed}, lambda {each}: {each} IS NOT NULL)"


def _found(node: Node, scope: Scope) -> Found:
    match node:
        case This():
            return scope.this
        case Constant("resource"):
            return scope.resource
        case Constant("rowIndex") if scope.index:
            return Found(f"CAST({scope.index} AS VARCHAR)", "text", Shape())
        case Literal(str(value)):
            return Found(quoted(value), "text", Shape())
        case Member(of, name):
            base = _found(of, scope)
            if name in CHOICES and not (scope.walked or base.shape.name.endswith(VALUED)):
                raise UnfitError
            return _member(base, name, scope)
        case Item(of, Literal(place)) if not isinstance(place, str | bool):
            return _item(_found(of, scope), int(place), scope)
        case Binary("&", left, right):
            sides = (f"coalesce({_text(_found(side, scope), scope)}, '')" for side in (left, right))
            return Found(f"({' || '.join(sides)})", "text", Shape())
        case Call():
            return _call(node, scope)
        case _:
            raise UnfitError


def _member(base: Found, name: str, scope: Scope) -> Found:
    if base.kind not in ("place", "item", "items"):
        raise UnfitError
    if base.kind == "place" and base.shape.listed:
        base = _items(base, scope)
    shape = base.shape.member(name)
    if base.kind == "items":
        each = scope.fresh()
        sql = f"list_transform({base.sql}, lambda {each}: {each}.{named(name)})"
        if shape.listed:
            sql = f"flatten({sql})"
        else:
            shape.list(False)
        return Found(_filtered(sql, scope), "items", shape)
    if base.kind == "place":
        base.shape.list(False)
    return Found(f"{base.sql}.{named(name)}", "place", shape)


def _item(base: Found, place: int, scope: Scope) -> Found:
    if base.kind == "place" and scope.walked:
        base.shape.list(True)
        return Found(f"{base.sql}[{place + 1}]", "item", base.shape)
    listed = _items(base, scope)
    return Found(f"{listed.sql}[{place + 1}]", "key" if listed.kind == "keys" else "item", listed.shape)


def _call(node: Call, scope: Scope) -> Found:
    match node:
        case Call(_, "getResourceKey", ()):
            return Found(_text(_member(scope.resource, "id", scope), scope), "text", Shape())
        case Call(Member(of, name), "ofType", (kind,)):
            wanted = type_name(kind)
            return _member(_found(of, scope), name + wanted[0].upper() + wanted[1:], scope)
        case Call(of, "first", ()):
            return _item(_found(of, scope), 0, scope)
        case Call(of, "where", (criterion,)):
            return _where(_items(_found(of, scope), scope), criterion, scope)
        case Call(of, "exists", given) if len(given) < 2:
            asked = _found(of, scope)
            if asked.kind == "place" and not asked.shape.listed:
                raise UnfitError  # a path to one value says nothing of a list
            held = _items(asked, scope)
            held = _where(held, given[0], scope) if given else held
            held.shape.read |= not held.shape.members
            return Found(f"coalesce(len({held.sql}) > 0, false)", "truth", Shape())
        case Call(of, "join", given) if len(given) < 2:
            listed = _items(_found(of, scope), scope)
            between = _text(_found(given[0], scope), scope) if given else "''"
            each = scope.fresh()
            text = _text(Found(each, "item", listed.shape), None)
            return Found(
                f"array_to_string(list_transform(coalesce({listed.sql}, []), lambda {each}: {text}), {between})",
                "text",
                Shape(),
            )
        case Call(of, "replace", (Literal(str(old)), Literal(str(new)))):
            return Found(f"replace({_text(_found(of, scope), scope)}, {quoted(old)}, {quoted(new)})", "text", Shape())
        case Call(of, "getReferenceKey", given) if len(given) < 2:
            return _key(_found(of, scope), type_name(given[0]) if given else None, scope)
        case _:
            raise UnfitError


def _where(base: Found, criterion: Node, scope: Scope) -> Found:
    if base.kind != "items":
        raise UnfitError
    each = scope.fresh()
    held = _held(criterion, Found(each, "item", base.shape), scope)
    return replace(base, sql=f"list_filter({base.sql}, lambda {each}: coalesce({held}, false))")


def _held(criterion: Node, element: Found, scope: Scope) -> str:
    """Whether an element meets a condition: members beside texts, joined by and, or."""
    match criterion:
        case Binary("and" | "or" as word, left, right):
            return f"({_held(left, element, scope)} {word.upper()} {_held(right, element, scope)})"
        case Binary("=", Member(This(), name), Literal(str(wanted))) if name not in CHOICES:
            if wanted.startswith(("[", "{")) or re.fullmatch(POWERS, wanted):
                raise UnfitError
            leaf = _member(element, name, scope)
            _text(leaf, None)  # says that its text is read
            listed = f"CASE WHEN json_valid({leaf.sql}) THEN {STOP}::BOOLEAN ELSE false END"
            return f"CASE WHEN starts_with({leaf.sql}, '[') THEN {listed} ELSE {leaf.sql} = {quoted(wanted)} END"
        case _:
            raise UnfitError


def _key(base: Found, wanted: str | None, scope: Scope) -> Found:
    """The ids of references, of one type if wanted, as `compiler` tells them."""
    if base.kind == "place" and not base.shape.listed:
        base.shape.list(False)
        base = replace(base, kind="item")
    if base.kind == "place":
        base = _items(base, scope)
    if base.kind not in ("item", "items"):
        raise UnfitError
    each = base.sql if base.kind == "item" else scope.fresh()
    reference = _member(Found(each, "item", base.shape), "reference", scope)
    _text(reference, None)  # says that its text is read
    leaf = _leaf(reference.sql, scope if base.kind == "item" else None)
    key = _checked(leaf, reference_key(leaf))
    if wanted:
        kind = _text(_member(Found(each, "item", base.shape), "type", scope), None)
        name = f"regexp_extract({leaf}, '([A-Za-z]+)/[A-Za-z0-9\\-.]+(?:/_history/.*)?$', 1)"
        key = f"CASE WHEN coalesce(nullif({name}, ''), {kind}, {quoted(wanted)}) = {quoted(wanted)} THEN {key} END"
    if base.kind == "item":
        return Found(key, "key", Shape())
    return Found(_filtered(f"list_transform({base.sql}, lambda {each}: {key})", scope), "keys", Shape())
