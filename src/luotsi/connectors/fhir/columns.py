"""Writes the SELECT of one table of a source over FHIR resources: every column as text. Reads no files.

Most columns are plain walks (`code.coding[0].code`). Those of one resource are taken in one reading of its JSON;
where the document is shaped otherwise than the walk says, the full meaning of the path is worked out instead.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from luotsi.concepts.records import Table
from luotsi.connectors.fhir.compiler import (
    CHOICES,
    Scope,
    Value,
    compiled,
    json_member,
    many,
    quoted,
    reference_key,
    text,
    type_name,
)
from luotsi.connectors.fhir.paths import Binary, Call, Item, Literal, Member, Node, This, parse
from luotsi.connectors.fhir.views import repeat_of, repeated


@dataclass(frozen=True)
class Walk:
    """A path that JSON can follow by itself: `steps` of a JSON path, and whether it ends at a reference's id."""

    steps: tuple[str, ...]
    key: bool = False

    @property
    def path(self) -> str:
        return "".join(("$", *self.steps))

    @property
    def root(self) -> str:
        """The first member, whole."""
        return "$" + _bare(self.steps[0])


def select(table: Table, source: str, filtered: bool) -> str:
    """The SELECT of a table's columns. `source`: FROM item with `resource` (and `_line`, which is passed on).

    `filtered`: the source holds other resources too. Rows of a table with `each` are not numbered here.
    """
    names = itertools.count(1)
    scope = Scope("resource", "resource", fresh=lambda: f"e{next(names)}")
    held = f"(resource ->> '$.resourceType') = {quoted(table.resource or '')}" if filtered else ""
    numbered = "_line, " if filtered and table.each is None else ""
    if table.each is None:
        return _read(table, f"(SELECT {numbered}resource FROM {source}{_where(held)})", "resource", scope, numbered)
    loop, hint = _loop(table.each, scope)
    kept = " AND ".join(part for part in (held, hint) if part)
    looped = (
        "(SELECT resource, element, place - 1 AS place FROM (SELECT resource, unnest(l) AS element, "
        f"generate_subscripts(l, 1) AS place FROM (SELECT resource, {loop} AS l FROM {source}{_where(kept)})))"
    )
    inner = Scope("element", "resource", index="place", fresh=scope.fresh)
    return _read(table, looped, "element", inner, "")


def _where(condition: str) -> str:
    return f" WHERE {condition}" if condition else ""


def _loop(each: str, scope: Scope) -> tuple[str, str]:
    """The elements a table loops over, and a condition that resources without any can be passed over by."""
    if paths := repeat_of(each):
        return repeated(paths, scope), ""
    tree = parse(each)
    whole = many(compiled(tree, scope))
    if not (isinstance(tree, Member) and isinstance(tree.of, This) and tree.name not in CHOICES):
        return whole, ""
    path = "$" + json_member(tree.name)
    there = f"(json_type(resource, {quoted(path)}) = 'ARRAY')"
    taken = f"CASE WHEN {there} THEN json_extract(resource, {quoted(path + '[*]')}) ELSE {whole} END"
    return taken, f"contains(resource, {quoted(chr(34) + tree.name + chr(34))})"


def walk(node: Node) -> Walk | None:
    """The walk a path is, or None where it asks for more."""
    match node:
        case Member(This(), name) if name not in CHOICES:
            return Walk((json_member(name),))
        case Member(of, name) if (before := walk(of)) and not before.key:
            return Walk((*before.steps, json_member(name)))
        case Item(of, Literal(value)) if (before := walk(of)) and not before.key:
            return Walk((*before.steps[:-1], f"{before.steps[-1]}[{value}]"))
        case Call(of, "first", ()) if (before := walk(of)) and not before.key:
            return Walk((*before.steps[:-1], f"{before.steps[-1]}[0]"))
        case Call(Member(of, name), "ofType", (kind,)):
            wanted = type_name(kind)
            step = json_member(name + wanted[0].upper() + wanted[1:])
            if isinstance(of, This):
                return Walk((step,))
            return Walk((*before.steps, step)) if (before := walk(of)) and not before.key else None
        case Call(of, "getReferenceKey", ()) if (before := walk(of)) and not before.key:
            return Walk((*before.steps, ".reference"), key=True)
        case _:
            return None


def _bare(step: str) -> str:
    """A step without its index."""
    return step[: step.rindex("[")] if step.endswith("]") else step


def _read(table: Table, source: str, document: str, scope: Scope, numbered: str) -> str:
    trees = {name: parse(column.path or name) for name, column in table.columns.items()}
    walks = {name: found for name, tree in trees.items() if (found := walk(tree))}
    paths = list(dict.fromkeys(path for found in walks.values() for path in (found.path, found.root)))
    places = {path: f"p[{place}]" for place, path in enumerate(paths, 1)}
    asked = (_roots(tree) for name, tree in trees.items() if name not in walks)
    roots = sorted(set[str]().union(*asked)) if document == "resource" else []
    taken = _list("json_extract_string", document, paths, "p")
    taken += _list("json_extract", document, ["$" + json_member(name) for name in roots], "r")
    ahead = replace(scope, roots={name: f"r[{place}]" for place, name in enumerate(roots, 1)})
    written: list[str] = []
    for name, tree in trees.items():
        if name in walks:
            sql = _walked(walks[name], places, document, _whole(compiled(tree, scope)))
        else:
            sql = _whole(compiled(tree, ahead))
        written.append(f'{sql} AS "{name}"')
    return f"SELECT {numbered}{', '.join(written)} FROM (SELECT *{taken} FROM {source})"


def _list(function: str, document: str, paths: Sequence[str], name: str) -> str:
    return f", {function}({document}, [{', '.join(map(quoted, paths))}]) AS {name}" if paths else ""


def _roots(tree: Node) -> set[str]:
    """The members of the resource that a path starts from, those aside that may be written with their type."""
    match tree:
        case Member(This(), name):
            return set() if name in CHOICES else {name}
        case Member(of):
            return _roots(of)
        case Item(of, index):
            return _roots(of) | _roots(index)
        case Call(of):
            return _roots(of)  # what stands in the brackets of a function speaks of another element
        case Binary(_, left, right):
            return _roots(left) | _roots(right)
        case _:
            return set()


def _walked(found: Walk, places: dict[str, str], document: str, whole: str) -> str:
    """What was taken; where it is nothing or a list and the document is shaped otherwise, the whole meaning."""
    taken, root = places[found.path], places[found.root]
    given = reference_key(taken) if found.key else taken
    doubt = f"starts_with({taken}, '[')"
    if found.path != found.root:
        indexed = found.steps[0].endswith("]")
        odd = f"{'NOT ' if indexed else ''}starts_with({root}, '[')"
        if len(found.steps) > 2 or (len(found.steps) == 2 and found.path.endswith("]")):
            odd = f"({odd} OR {_odd(found, document)})"
        doubt = f"({taken} IS NULL AND {root} IS NOT NULL AND {odd}) OR {doubt}"
    return f"CASE WHEN {doubt} THEN {whole} ELSE {given} END"


def _odd(found: Walk, document: str) -> str:
    """Whether a later step meets a list where the walk has no index, or no list where it has one."""
    asked: list[str] = []
    held: list[str] = []
    before = f"${found.steps[0]}"
    for place, step in enumerate(found.steps[1:], 1):
        if step.endswith("]"):
            asked.append(before + _bare(step))
            held.append(f"coalesce(t[{len(asked)}] <> 'ARRAY', false)")
        elif place < len(found.steps) - 1:
            asked.append(before + step)
            held.append(f"coalesce(t[{len(asked)}] = 'ARRAY', false)")
        before += step
    types = f"json_type({document}, [{', '.join(map(quoted, asked))}])"
    return f"list_transform([{types}], lambda t: {' OR '.join(held)})[1]"


def _whole(value: Value) -> str:
    """A collection as text: the one value, or all of several as a JSON list, so that nothing is left out."""
    if value.kind == "text":
        return f"nullif({value.sql}, '')"
    if value.kind != "many":
        return text(value)
    several = "CASE WHEN len(l) > 1 THEN CAST(to_json(l) AS VARCHAR) ELSE l[1] ->> '$' END"
    return f"list_transform([{value.sql}], lambda l: {several})[1]"
