"""Turns a SQL on FHIR v2 ViewDefinition into one DuckDB SELECT. Reads no files; the paths are `compiler`'s.

Each part of a view becomes an expression that gives the list of its rows (structs), so that loops in loops, unions
and products need no correlated query, and rows come in the order of the document.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, cast

from luotsi.concepts.errors import UserError
from luotsi.connectors.fhir.compiler import Scope, Value, boolean, compiled, many, quoted, text
from luotsi.connectors.fhir.paths import Literal, parse

DEEPEST = 12
"""How many levels `repeat` follows; a document that goes deeper stops with an error, nothing is left out."""
TYPES = {
    "boolean": "BOOLEAN",
    "integer": "BIGINT",
    "integer64": "BIGINT",
    "positiveInt": "BIGINT",
    "unsignedInt": "BIGINT",
    "decimal": "DOUBLE",
}
"""FHIR type of a column -> DuckDB type; every other is text."""
Json = Mapping[str, Any]
Path = Callable[[Scope], str]
"""Gives the list of the elements that a path finds from where the scope stands."""


class ViewError(UserError):
    """A view that cannot be run; the sentence says what is wrong with it."""


@dataclass(frozen=True)
class Column:
    """One column of a view: its name, its DuckDB type."""

    name: str
    type: str


@dataclass(frozen=True)
class Rows:
    """An expression that gives a list of structs, and the columns of the struct."""

    sql: str
    columns: tuple[Column, ...]


def select(view: Json, resources: str, document: str = "resource") -> str:
    """A SELECT of the view's rows. `resources`: what stands after FROM; `document`: its JSON column.

    Raises ViewError or PathError where the view is wrong.
    """
    kind = view.get("resource")
    if not isinstance(kind, str) or not kind:
        raise ViewError("A view names no resource; add `resource`, such as Patient.")
    if not view.get("select"):
        raise ViewError(f"The view of {kind} selects nothing; add `select` with a column.")
    names = itertools.count(1)
    scope = Scope(document, document, constants=_constants(view), fresh=lambda: f"e{next(names)}")
    rows = _Builder(scope.fresh).product(_list(view, "select"), scope)
    _once(rows.columns)
    kept = [f"({document} ->> '$.resourceType') = {quoted(kind)}"]
    for condition in _list(view, "where"):
        kept.append(f"coalesce({boolean(compiled(parse(_path(condition)), scope), strict=True)}, false)")
    listed = ", ".join(f'"row"."{column.name}"' for column in rows.columns)
    return (
        f'SELECT {listed} FROM (SELECT unnest({rows.sql}) AS "row" FROM {resources} WHERE {" AND ".join(kept)}) AS view'
    )


def _constants(view: Json) -> dict[str, Literal]:
    found: dict[str, Literal] = {}
    for constant in _list(view, "constant"):
        values = [(key, value) for key, value in constant.items() if key.startswith("value")]
        if len(values) != 1 or "name" not in constant:
            raise ViewError(f"The constant {constant.get('name')} needs a name and one value, such as valueString.")
        key, value = values[0]
        name = key[5].lower() + key[6:]
        if isinstance(value, bool):
            found[constant["name"]] = Literal(value, "boolean")
        elif isinstance(value, int | float):
            found[constant["name"]] = Literal(Decimal(str(value)), "decimal" if name == "decimal" else "integer")
        else:
            found[constant["name"]] = Literal(str(value), name)
    return found


def elements(path: str) -> Path:
    """A FHIRPath as what `repeated` follows."""
    tree = parse(path)
    return lambda scope: many(compiled(tree, scope))


def repeat_of(each: str) -> list[Path] | None:
    """The paths of `repeat(item | answer.item)`; None of any other FHIRPath."""
    if not (each.startswith("repeat(") and each.endswith(")")):
        return None
    return [elements(part.strip()) for part in each.removeprefix("repeat(").removesuffix(")").split("|")]


def repeated(paths: Sequence[Path], scope: Scope) -> str:
    """The list of elements reached by any path, and from them again, each before those below it.

    One step goes a level deeper and is said once, whatever the depth: DuckDB takes seconds to bind steps in steps.
    """
    front, found, each, child, place, end = (scope.fresh() for _ in range(6))
    below = [path(replace(scope, this=f"{each}.element")) for path in paths]
    children = f"list_concat({', '.join(below)})" if len(below) > 1 else below[0]
    placed = f"lambda {child}, {place}: {{'place': list_append({each}.place, {place}), 'element': {child}}}"
    next_ = f"flatten(list_transform({front}.front, lambda {each}: list_transform({children}, {placed})))"
    kept = f"{{'front': {found}, 'reached': list_concat({front}.reached, {found})}}"
    step = f"list_transform([{next_}], lambda {found}: {kept})[1]"
    level = "STRUCT(place BIGINT[], element JSON)[]"
    kind = f"STRUCT(front {level}, reached {level})"
    start = f"{{'front': [{{'place': []::BIGINT[], 'element': {scope.this}}}], 'reached': []}}::{kind}"
    levels = f"list_resize([{start}], {DEEPEST + 2})"
    stop = f"error('The document nests deeper than {DEEPEST} levels.')::JSON[]"
    whole = f"list_transform(list_sort({end}.reached), lambda {each}: {each}.element)"
    return (
        f"list_transform([list_reduce({levels}, lambda {front}, {place}: {step})], "
        f"lambda {end}: CASE WHEN len({end}.front) > 0 THEN {stop} ELSE {whole} END)[1]"
    )


@dataclass(frozen=True)
class _Builder:
    fresh: Callable[[], str]

    def product(self, parts: Sequence[Json], scope: Scope) -> Rows:
        """Every part's rows beside every other's."""
        return self.crossed([self.part(part, scope) for part in parts])

    def part(self, part: Json, scope: Scope) -> Rows:
        """Rows of one select: its own columns, its selects and its union, for each element it loops over."""
        loops = [word for word in ("forEach", "forEachOrNull", "repeat") if part.get(word) is not None]
        if len(loops) > 1:
            raise ViewError(f"A select has {' and '.join(loops)}; keep one of them.")
        if not loops:
            return self.inside(part, scope)
        each, place = self.fresh(), self.fresh()
        rows = self.inside(part, replace(scope, this=each, index=f"({place} - 1)"))
        source = self.looped(part, loops[0], scope)
        return Rows(f"flatten(list_transform({source}, lambda {each}, {place}: {rows.sql}))", rows.columns)

    def looped(self, part: Json, word: str, scope: Scope) -> str:
        if word == "repeat":
            paths = [_text(path, word) for path in part[word]]
            return repeated([elements(path) for path in paths], scope)
        source = many(compiled(parse(_text(part[word], word)), scope))
        if word == "forEach":
            return source
        return f"list_transform([{source}], lambda l: CASE WHEN len(l) = 0 THEN [NULL::JSON] ELSE l END)[1]"

    def inside(self, part: Json, scope: Scope) -> Rows:
        pieces: list[Rows] = []
        if part.get("column"):
            pieces.append(_own(_list(part, "column"), scope))
        pieces += [self.part(inner, scope) for inner in _list(part, "select")]
        if part.get("unionAll"):
            pieces.append(self.union([self.part(branch, scope) for branch in _list(part, "unionAll")]))
        if not pieces:
            raise ViewError("A select has no column, select or unionAll; add one.")
        return self.crossed(pieces)

    def union(self, branches: Sequence[Rows]) -> Rows:
        for branch in branches[1:]:
            if [c.name for c in branch.columns] != [c.name for c in branches[0].columns]:
                raise ViewError("The branches of a unionAll have different columns; give all the same, in one order.")
        types = ", ".join(f'"{column.name}" {column.type}' for column in branches[0].columns)
        listed = ", ".join(f"({branch.sql})::STRUCT({types})[]" for branch in branches)
        return Rows(f"flatten([{listed}])", branches[0].columns)

    def crossed(self, pieces: Sequence[Rows]) -> Rows:
        if len(pieces) == 1:
            return pieces[0]
        columns = tuple(column for piece in pieces for column in piece.columns)
        names = [self.fresh() for _ in pieces]
        fields = [
            f"'{column.name}': {n}.\"{column.name}\""
            for n, p in zip(names, pieces, strict=True)
            for column in p.columns
        ]
        sql = "[{" + ", ".join(fields) + "}]"
        for name, piece in zip(reversed(names), reversed(pieces), strict=True):
            sql = f"flatten(list_transform({piece.sql}, lambda {name}: {sql}))"
        return Rows(sql, columns)


def _own(columns: Sequence[Json], scope: Scope) -> Rows:
    fields: list[str] = []
    shape: list[Column] = []
    for column in columns:
        name = column.get("name")
        if not isinstance(name, str) or not name.replace("_", "a").isalnum():
            raise ViewError(f"A column is named {name!r}; a name is letters, digits and underscores.")
        kind = str(column.get("type", "string"))
        value = compiled(parse(_path(column)), replace(scope, type=kind))
        sql_type = TYPES.get(kind, "VARCHAR")
        if column.get("collection"):
            fields.append(f"'{name}': list_transform({many(value)}, lambda v: TRY_CAST(v ->> '$' AS {sql_type}))")
            sql_type += "[]"
        else:
            fields.append(f"'{name}': {_single(value, name, sql_type)}")
        shape.append(Column(name, sql_type))
    return Rows("[{" + ", ".join(fields) + "}]", tuple(shape))


def _single(value: Value, name: str, sql_type: str) -> str:
    if value.kind != "many":
        return f"TRY_CAST({text(value)} AS {sql_type})"
    several = f"error('The column {name} found several values where one is wanted.')::{sql_type}"
    one = f"TRY_CAST(l[1] ->> '$' AS {sql_type})"
    return f"list_transform([{value.sql}], lambda l: CASE WHEN len(l) > 1 THEN {several} ELSE {one} END)[1]"


def _list(holder: Json, word: str) -> list[Json]:
    found = cast("object", holder.get(word) or [])
    if not isinstance(found, list):
        raise ViewError(f"`{word}` of a view is a list.")
    return cast("list[Json]", found)


def _path(holder: Json) -> str:
    return _text(holder.get("path"), "path")


def _text(value: object, word: str) -> str:
    if not isinstance(value, str):
        raise ViewError(f"`{word}` of a view is a path in text, not {value!r}.")
    return value


def _once(columns: Sequence[Column]) -> None:
    names = [column.name for column in columns]
    for name in names:
        if names.count(name) > 1:
            raise ViewError(f"The view has two columns named {name}; rename one.")
