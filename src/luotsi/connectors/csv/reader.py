"""Reads a file of separated text: DuckDB's own reader where the file is sound, record by record where it is not."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportUnknownLambdaType=false
from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from pyarrow import csv

from luotsi.concepts.errors import UserError
from luotsi.concepts.records import Source
from luotsi.connectors.csv import heading, opening, records
from luotsi.connectors.delivery import delivered, table_of
from luotsi.connectors.reading import Reading, Reject

ROWS = 50_000
LONGEST = 2_000_000
"""Bytes of the longest record that is read."""


@dataclass(frozen=True)
class _File:
    """A file with what was found out about it."""

    path: Path
    table: str
    encoding: str
    delimiter: str
    heading: heading.Heading


def read(source: Source, path: Path) -> list[Reading]:
    """How to read a file as the one table its name tells. Raises UserError where the file as a whole is at fault."""
    table = table_of(source, path)
    if table is None:
        raise UserError(
            f"{path.name} meets no `files` pattern of the source {source.source}. Mend its name or add one."
        )
    file, notes = _look(source, table, path)
    plain = _plain(file, notes)
    return [_careful(file, notes) if _needs_care(file) else plain]


def _look(source: Source, table: str, path: Path) -> tuple[_File, tuple[str, ...]]:
    said = delivered(path)
    wanted = source.format.encoding
    if said and said.encoding:
        wanted = (_named(said.encoding, path),)
    encoding = opening.encoding_of(path, wanted)
    delimiter = (said.delimiter if said else None) or source.format.delimiter
    lines = records.lines(opening.blocks(path), encoding)
    first = next(records.records(itertools.islice(lines, records.MOST_LINES), delimiter, encoding, None), None)
    if first is None:
        raise UserError(f"{path} is empty: it lacks even the heading line. Have it sent anew.")
    if first.fault:
        raise UserError(f"{path}: the heading line cannot be read: {first.fault}. Have it sent anew.")
    found = heading.match(source, table, first.fields, path)
    notes = found.notes
    if encoding != wanted[0]:
        notes = (f"the file is in {opening.SAID[encoding]}, not in {opening.SAID[wanted[0]]}", *notes)
    return _File(path, table, encoding, delimiter, found), notes


def _named(encoding: str, path: Path) -> str:
    plain = encoding.lower().replace("_", "-").replace(" ", "")
    known = {"utf8": "utf-8", "utf-8": "utf-8", "utf-8-sig": "utf-8", "utf-16": "utf-16", "utf16": "utf-16"}
    known |= dict.fromkeys(("latin-1", "latin1", "iso-8859-1", "iso8859-1", "windows-1252", "cp1252"), "latin-1")
    if plain not in known:
        raise UserError(f"The manifest of {path} says {encoding}, which is no encoding here: utf-8, latin-1 or utf-16.")
    return known[plain]


def _needs_care(file: _File) -> bool:
    """Whether the file is one that DuckDB would read otherwise than it stands.

    Empty lines within shift its count of records, Latin-1 with Windows' own characters and UTF-16 of either byte
    order are more than its decoders know. Reads a compressed file to its end, so that a cut one is found.
    """
    if file.encoding == "utf-16":
        return True
    ends = b"\n"
    empty = windows = returns = False
    for block in opening.blocks(file.path):
        whole = ends + block
        body = whole.rstrip(b"\r\n")
        ends = whole[len(body) :]
        returns = returns or b"\r" in body
        empty = empty or b"\n\n" in body or (returns and b"\n\r\n" in body)
        windows = windows or (file.encoding == "latin-1" and bool(block.translate(None, _NOT_WINDOWS)))
        if (empty or windows) and file.path.suffix != ".gz":
            break
    return empty or windows


_NOT_WINDOWS = bytes(each for each in range(256) if not 0x80 <= each <= 0x9F)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _plain(file: _File, notes: tuple[str, ...]) -> Reading:
    rejects = "rejects_" + uuid.uuid4().hex
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(file.heading.width))
    options = (
        f"auto_detect = false, header = true, delim = {_text(file.delimiter)}, quote = '\"', escape = '\"', "
        f"encoding = '{file.encoding}', columns = {{{columns}}}, max_line_size = {LONGEST}, strict_mode = true, "
        f"store_rejects = true, rejects_limit = 1, rejects_table = '{rejects}', rejects_scan = '{rejects}_scan'"
    )
    chosen = [
        f"{'NULL::VARCHAR' if place is None else f'c{place}'} AS {_name(name)}"
        for name, place in (*file.heading.places, *file.heading.undeclared)
    ]
    select = f"SELECT {', '.join(chosen)} FROM read_csv({_text(str(file.path))}, {options})"

    def found(con: duckdb.DuckDBPyConnection) -> list[Reject]:
        there = con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [rejects]).fetchone()
        if there is None or there[0] == 0:
            return []
        rows = con.execute(f"SELECT line, error_type, csv_line FROM {rejects} ORDER BY line").fetchall()
        return [Reject(int(line), str(reason).lower(), str(raw)) for line, reason, raw in rows]

    return replace(
        _reading(file, notes),
        select=select,
        rejects=found,
        first_line=2,
        careful=lambda: _careful(file, notes),
    )


def _reading(file: _File, notes: tuple[str, ...]) -> Reading:
    return Reading(
        table=file.table,
        select="",
        columns=tuple(name for name, _ in file.heading.places),
        undeclared=tuple(name for name, _ in file.heading.undeclared),
        encoding=file.encoding,
        notes=notes,
    )


def _careful(file: _File, notes: tuple[str, ...]) -> Reading:
    found: list[Reject] = []
    name = "records_" + uuid.uuid4().hex

    def prepare(con: duckdb.DuckDBPyConnection) -> None:
        found.clear()
        stream = _batches(file, found)
        con.register(name, pa.RecordBatchReader.from_batches(_schema(file), stream))

    return replace(
        _reading(file, notes),
        select=f"SELECT * FROM {name}",
        rejects=lambda con: list(found),
        prepare=prepare,
    )


def _schema(file: _File) -> pa.Schema:
    names = [name for name, _ in (*file.heading.places, *file.heading.undeclared)]
    return pa.schema([("_line", pa.int64()), *((name, pa.string()) for name in names)])


def _batches(file: _File, rejects: list[Reject]) -> Iterator[pa.RecordBatch]:
    """The sound records in batches, in order; what cannot be read is added to `rejects`."""
    schema = _schema(file)
    places = [place for _, place in (*file.heading.places, *file.heading.undeclared)]
    lines = records.lines(opening.blocks(file.path), file.encoding)
    for chunk in records.chunks(lines, file.delimiter, file.encoding, file.heading.width, ROWS):
        rejects += [Reject(each.line, each.fault, each.raw) for each in chunk.others if each.fault]
        sound = [each for each in chunk.others if not each.fault]
        numbers = pa.array([*chunk.numbers, *(each.line for each in sound)], pa.int64())
        plain = _columns(file, chunk.plain)
        columns = [
            pa.nulls(len(numbers), pa.string())
            if place is None
            else pa.concat_arrays(
                [*plain[place].chunks, pa.array([each.fields[place] or None for each in sound], pa.string())]
            )
            for place in places
        ]
        batch = pa.record_batch([numbers, *columns], schema=schema)
        yield batch.take(pa.array(np.argsort(numbers.to_numpy()))) if sound else batch


def _columns(file: _File, lines: bytes) -> list[pa.ChunkedArray]:
    """The columns of lines that hold no quote; an empty value is null."""
    if not lines:
        return [pa.chunked_array([], pa.string())] * file.heading.width
    names = [str(place) for place in range(file.heading.width)]
    cut = csv.ParseOptions(delimiter=file.delimiter, quote_char=False, double_quote=False)
    kept = csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
    )
    whole = csv.ReadOptions(use_threads=False, block_size=len(lines) + 1, column_names=names)
    return csv.read_csv(pa.BufferReader(lines), whole, cut, kept).columns
