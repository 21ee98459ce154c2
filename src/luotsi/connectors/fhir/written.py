"""Writes the rows of a SQL on FHIR v2 view over one file to Parquet. What a view means is said in `views`.

A plain view (columns of the resource, or of the elements of one loop; no unions, collections or constants) over
lines of resources is one typed reading, each line parsed once; all else is read with the full meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from luotsi.concepts.records import Column, Table
from luotsi.connectors.fhir import typed, views
from luotsi.connectors.fhir.compiler import quoted
from luotsi.connectors.fhir.documents import find
from luotsi.connectors.fhir.paths import Binary, Call, Constant, Item, Literal, Member, Node, This, parse
from luotsi.connectors.fhir.shapes import named
from luotsi.connectors.fhir.uniform import begins

Json = Mapping[str, Any]
TEXTS = frozenset({"join", "replace"})
"""Functions whose empty text is a value in a view, and none in a table of a source."""


def write(view: Json, path: Path, target: Path) -> None:
    """Writes the view's rows over a file of FHIR resources, as NDJSON or documents, to a Parquet file.

    Raises ViewError or PathError where the view is wrong, UserError where the file is, and duckdb.Error where a column
    finds several values that are not asked for as a collection.
    """
    with duckdb.connect() as con:
        con.execute("SET temp_directory = ''")
        con.execute("SET preserve_insertion_order = false")
        into = f"TO {quoted(str(target))} (FORMAT parquet)"
        if not _copied(con, plain(view, path), into):
            found = find(path)
            con.execute(f"COPY ({views.select(view, f'{found.plain or found.numbered} AS resources')}) {into}")


def _copied(con: duckdb.DuckDBPyConnection, select: str | None, into: str) -> bool:
    """Whether a typed reading ran to its end; where a document is shaped otherwise, the view itself says what it is."""
    try:
        return select is not None and bool(con.execute(f"COPY ({select}) {into}"))
    except duckdb.Error:
        return False


def plain(view: Json, path: Path) -> str | None:
    """The SELECT of a plain view as one typed reading of a file; None where the view or the file asks for more.

    The statement stops with a DuckDB error where a line is broken or shaped otherwise than the paths ask for.
    """
    resource, conditions = view.get("resource"), [str(each.get("path")) for each in view.get("where") or ()]
    parts = [*_parts(view)]
    loops = [str(each["forEach"]) for each in parts if "forEach" in each]
    columns = [_column(each, part, bool(loops)) for part in parts for each in part.get("column") or ()]
    given = [each for each in columns if each is not None]
    if resource is None or view.get("constant") or len(loops) > 1 or not all(map(_is_path, loops)):
        return None
    if not columns or len({each.name for each in given}) < len(columns) or not all(map(_is_exists, conditions)):
        return None
    if begins(path) != resource:
        return None
    asked = {each.name: Column(path=each.path) for each in given}
    # What is asked besides has names that no column has. An element that is null is no element in FHIRPath.
    tests = [_from_resource(each) if loops else each for each in conditions] + ["$this.exists()"] * len(loops)
    asked |= {f" {place}": Column(path=text) for place, text in enumerate(tests)}
    table = Table(files=("*",), resource=resource, each=loops[0] if loops else None, columns=asked)
    read = typed.select(table, path, view=True)
    listed = ", ".join(f"TRY_CAST({named(each.name)} AS {each.type}) AS {named(each.name)}" for each in given)
    kept = " AND ".join(f"\" {place}\" = 'true'" for place in range(len(tests))) or "true"
    return f"SELECT {listed} FROM ({read}) WHERE {kept}" if read else None


@dataclass(frozen=True)
class Given:
    """A column: its name, its path from where the rows stand, its DuckDB type."""

    name: str
    path: str
    type: str


def _parts(view: Json) -> Iterator[Json]:
    """The selects of a view, outer before inner; a loop that holds more than columns comes as a select of nothing."""
    for part in view.get("select") or ():
        loop = part.keys() == {"forEach", "column"}
        yield part if loop or not part.keys() - {"column", "select"} else {"column": [{}]}
        yield from () if loop else _parts(part)


def _column(column: Json, part: Json, looped: bool) -> Given | None:
    """A column of a select; None of what is not plain."""
    name, text = column.get("name"), column.get("path")
    if not (isinstance(name, str) and name.replace("_", "a").isalnum() and isinstance(text, str)):
        return None
    inside = "forEach" in part
    if column.get("collection") or not _is_path(text) or (inside and "getResourceKey" in text):
        return None
    path = _from_resource(text) if looped and not inside else text
    return Given(name, path, views.TYPES.get(str(column.get("type", "string")), "VARCHAR"))


def _from_resource(text: str) -> str:
    return f"%resource.{text.removeprefix('$this.')}"


def _is_path(text: str) -> bool:
    return _is_plain(parse(text))


def _is_exists(text: str) -> bool:
    tree = parse(text)
    return isinstance(tree, Call) and tree.name == "exists" and _is_plain(tree)


def _is_plain(node: Node) -> bool:
    """Whether a path means in a typed reading just what it means in a view."""
    match node:
        case This():
            return True
        case Member(of) | Item(of, Literal()):
            return _is_plain(of)
        case Call(of, "getResourceKey", _):
            return of == This()
        case Call(of, name):
            return name not in TEXTS and _is_plain(of)
        case Item() | Binary() | Literal() | Constant():
            return False
