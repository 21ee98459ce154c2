"""Reads XML as tables: one row for each element on a path, its columns from inside it or from what stands around it.

Streams: only the element at hand and its ancestors are in memory. No DTD and no entity of the file's own is followed.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false
from __future__ import annotations

import gzip
import itertools
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

import duckdb
import pyarrow as pa

from luotsi.concepts.errors import UserError
from luotsi.concepts.records import Source, Table
from luotsi.connectors.delivery import table_of
from luotsi.connectors.reading import Reading

ROWS = 20_000
BLOCK = 1 << 18
Row = tuple[int, list[str | None]]


def read(source: Source, path: Path) -> list[Reading]:
    """A reading for each table whose `each` stands in the file. Raises UserError where the file is no whole XML."""
    named = table_of(source, path)
    if named is None:
        raise UserError(
            f"{path.name} meets no `files` pattern of the source {source.source}. Mend its name or add one."
        )
    patterns = source.tables[named].files
    tables = {name: each for name, each in source.tables.items() if each.each and set(each.files) & set(patterns)}
    # Each is read to its end once, so that a cut file is refused before anything lands.
    found = [name for name, table in tables.items() if sum(1 for _ in _rows(path, table))]
    if not found:
        wanted = ", ".join(str(table.each) for table in tables.values()) or "any row: no table says `each`"
        raise UserError(f"{path} does not hold {wanted}. Check what was sent, or mend `each`.")
    return [_reading(name, tables[name], path) for name in found]


def _reading(name: str, table: Table, path: Path) -> Reading:
    rows = "xml_" + uuid.uuid4().hex

    def prepare(con: duckdb.DuckDBPyConnection) -> None:
        schema = pa.schema([("_line", pa.int64()), *((column, pa.string()) for column in table.columns)])
        con.register(rows, pa.RecordBatchReader.from_batches(schema, _batches(path, table, schema)))

    return Reading(table=name, select=f"SELECT * FROM {rows}", columns=tuple(table.columns), prepare=prepare)


def _batches(path: Path, table: Table, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    stream = _rows(path, table)
    while chunk := list(itertools.islice(stream, ROWS)):
        numbers = pa.array([number for number, _ in chunk], pa.int64())
        columns = [pa.array([row[place] for _, row in chunk], pa.string()) for place in range(len(table.columns))]
        yield pa.record_batch([numbers, *columns], schema=schema)


def _rows(path: Path, table: Table) -> Iterator[Row]:
    """Number and columns of each element on the path `each`, counted from 1."""
    wanted = (table.each or "").strip("/").split("/")
    columns = [(column.path or name) for name, column in table.columns.items()]
    open_elements: list[Element] = []
    number = 0
    for event, element in _events(path):
        if event == "start":
            open_elements.append(element)
            continue
        if [_local(each.tag) for each in open_elements][-len(wanted) :] == wanted:
            number += 1
            yield number, [_value(open_elements, column) for column in columns]
        open_elements.pop()
        if open_elements and _local(element.tag) in wanted:
            open_elements[-1].remove(element)  # else the file would pile up in memory


def _events(path: Path) -> Iterator[tuple[str, Element]]:
    parser = XMLPullParser(("start", "end"))
    try:
        with cast("IO[bytes]", gzip.open(path)) if path.suffix == ".gz" else path.open("rb") as stream:
            while block := stream.read(BLOCK):
                if b"<!DOCTYPE" in block or b"<!ENTITY" in block:
                    raise UserError(
                        f"{path} declares a document type, which is not followed here. Have it sent without."
                    )
                parser.feed(block)
                yield from cast("Iterator[tuple[str, Element]]", parser.read_events())
        parser.close()
        yield from cast("Iterator[tuple[str, Element]]", parser.read_events())
    except ParseError as error:
        line, place = error.position
        raise UserError(
            f"{path} is not whole XML at line {line}, place {place}: it is cut or damaged. Resend it."
        ) from error
    except (OSError, EOFError) as error:
        raise UserError(f"{path} cannot be read ({error}). Have it sent anew.") from error


def _local(tag: str) -> str:
    """The name without its namespace."""
    return tag.rpartition("}")[2]


def _value(open_elements: list[Element], path: str) -> str | None:
    """The text at `a/b`, `@attribute`, `a/@attribute`, `.`; each leading `../` goes one element out."""
    depth = len(open_elements) - 1
    while path.startswith("../"):
        path, depth = path[3:], depth - 1
    if depth < 0:
        return None
    here: Element | None = open_elements[depth]
    for step in path.split("/"):
        if here is None:
            return None
        if step.startswith("@"):
            named = {_local(name): value for name, value in here.attrib.items()}
            return named.get(step[1:])
        if step != ".":
            here = next((child for child in here if _local(child.tag) == step), None)
    return None if here is None else ("".join(here.itertext()).strip() or None)
