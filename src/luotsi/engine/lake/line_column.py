"""Adds columns to a Parquet file, such as `_line`, without reading its rows again.

DuckDB keeps the order of rows on one core only, or where nothing is numbered or joined; writing on all cores and adding
what goes by the place of a row afterwards takes half the time. Parquet lets the parts of a row group stand anywhere in
the file, so the columns are appended as column chunks and the footer, which says where each stands, is written anew.
They come last in its schema too: the Java readers of Parquet (Spark, Hive, Trino) take a row group to begin where its
first column does, and pass over in silence one whose middle would then lie behind the end of the file.
The footer is in Thrift's compact form (Apache Parquet format, parquet.thrift): read and written here as fields of
(number, kind, value), known or not.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportArgumentType=false
from __future__ import annotations

import io
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

NAME = "_line"
MAGIC = b"PAR1"
TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, STRUCT = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12

Field = tuple[int, int, Any]
Struct = list[Field]
"""A list of values is (kind of its members, members)."""

# Places in parquet.thrift
SCHEMA, ROW_GROUPS, COLUMN_ORDERS = 2, 4, 7
CHILDREN = 5
COLUMNS, BYTES, ROWS, COMPRESSED = 1, 2, 3, 6
CHUNK_OFFSET, CHUNK_DATA = 2, 3
DATA_PAGE, DICTIONARY_PAGE = 9, 11
SIZE, COMPRESSED_SIZE = 6, 7


Rows = Callable[[int], pa.Table]
"""Gives the next so many rows."""


def add_columns(path: Path, schema: pa.Schema, rows: Rows) -> None:
    """Adds columns to a file after its own; `rows` gives them, a row group at a time."""
    with path.open("rb") as stream:
        ours, start = _footer(stream)
    sizes = [int(_get(group, ROWS)) for group in cast(list[Struct], _get(ours, ROW_GROUPS)[1])]
    with path.open("r+b") as stream:
        stream.truncate(start)
        stream.seek(start)
        _write_groups(stream, schema, sizes, rows)
    with path.open("r+b") as stream:
        stream.seek(0, io.SEEK_END)
        theirs, end = _footer(stream)
        _join(ours, theirs, start)
        stream.seek(end)
        written = _write_struct(ours)
        stream.write(written + struct.pack("<I", len(written)) + MAGIC)
        stream.truncate()


def write_columns(path: Path, schema: pa.Schema, sizes: Sequence[int], rows: Rows) -> None:
    """Writes a file of these columns alone, in row groups of the given sizes."""
    with path.open("wb") as stream:
        _write_groups(stream, schema, sizes, rows)


def _write_groups(stream: IO[bytes], schema: pa.Schema, sizes: Sequence[int], rows: Rows) -> None:
    packed = {NAME: "DELTA_BINARY_PACKED"} if NAME in schema.names else None
    texts = [name for name in schema.names if name != NAME]
    with pq.ParquetWriter(
        stream, schema, compression="zstd", use_dictionary=texts, column_encoding=packed, store_schema=False
    ) as writer:
        for size in sizes:
            writer.write_table(rows(size), row_group_size=max(size, 1))


def _join(ours: Struct, theirs: Struct, shift: int) -> None:
    """Puts the columns of `theirs` behind those of `ours`; their bytes stand `shift` further on than they say."""
    schema, added = (cast(list[Struct], _get(each, SCHEMA)[1]) for each in (ours, theirs))
    _set(schema[0], CHILDREN, _get(schema[0], CHILDREN) + len(added) - 1)
    schema += added[1:]
    orders = _find(ours, COLUMN_ORDERS)
    if orders is not None:
        orders[1].extend([(1, STRUCT, [])] for _ in added[1:])  # the order of the type
    pairs = zip(_get(ours, ROW_GROUPS)[1], _get(theirs, ROW_GROUPS)[1], strict=True)
    for group, more in cast(list[tuple[Struct, Struct]], list(pairs)):
        chunks = cast(list[Struct], _get(group, COLUMNS)[1])
        for chunk in cast(list[Struct], _get(more, COLUMNS)[1]):
            data = cast(Struct, _get(chunk, CHUNK_DATA))
            for page in (DATA_PAGE, DICTIONARY_PAGE):
                if _find(data, page) is not None:
                    _set(data, page, _get(data, page) + shift)
            _set(chunk, CHUNK_OFFSET, 0)
            kept = {CHUNK_OFFSET, CHUNK_DATA}  # without the page index, which is not taken over
            chunks.append([field for field in chunk if field[0] in kept])
            for total, of in ((BYTES, SIZE), (COMPRESSED, COMPRESSED_SIZE)):
                if _find(group, total) is not None:
                    _set(group, total, _get(group, total) + _get(data, of))


def _footer(stream: IO[bytes]) -> tuple[Struct, int]:
    """The footer of a file and where it begins. Raises ValueError where the file is no Parquet file."""
    stream.seek(-8, io.SEEK_END)
    length, magic = struct.unpack("<I4s", stream.read(8))
    if magic != MAGIC:
        raise ValueError("this is not a Parquet file")
    start = stream.seek(-8 - length, io.SEEK_END)
    return _Reader(stream.read(length)).struct(), start


def _find(fields: Struct, number: int) -> Any:
    return next((value for place, _, value in fields if place == number), None)


def _get(fields: Struct, number: int) -> Any:
    found = _find(fields, number)
    if found is None:
        raise ValueError(f"the footer lacks field {number}")
    return found


def _set(fields: Struct, number: int, value: Any) -> None:
    for place, field in enumerate(fields):
        if field[0] == number:
            fields[place] = (number, field[1], value)


class _Reader:
    """Reads Thrift's compact form."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    def struct(self) -> Struct:
        fields: Struct = []
        number = 0
        while head := self._byte():
            delta, kind = head >> 4, head & 15
            number = number + delta if delta else self._signed()
            value = kind == TRUE if kind in (TRUE, FALSE) else self._value(kind)
            fields.append((number, kind, value))
        return fields

    def _value(self, kind: int) -> Any:
        match kind:
            case 1 | 2 | 3:
                return self._byte()
            case 4 | 5 | 6:
                return self._signed()
            case 7:
                return self._take(8)
            case 8:
                return self._take(self._unsigned())
            case 9 | 10:
                head = self._byte()
                size = head >> 4 if head >> 4 < 15 else self._unsigned()
                return (head & 15, [self._value(head & 15) for _ in range(size)])
            case 12:
                return self.struct()
            case _:
                raise ValueError(f"the footer holds a field of kind {kind}")

    def _byte(self) -> int:
        self.place += 1
        return self.data[self.place - 1]

    def _take(self, size: int) -> bytes:
        self.place += size
        return self.data[self.place - size : self.place]

    def _unsigned(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def _signed(self) -> int:
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)


def _write_struct(fields: Struct) -> bytes:
    out = bytearray()
    last = 0
    for number, kind, value in fields:
        if 0 < number - last < 16:
            out.append((number - last) << 4 | kind)
        else:
            out.append(kind)
            out += _unsigned(_zigzag(number))
        last = number
        if kind not in (TRUE, FALSE):
            out += _write(kind, value)
    return bytes(out) + b"\0"


def _write(kind: int, value: Any) -> bytes:
    match kind:
        case 1 | 2 | 3:
            return bytes([value])
        case 4 | 5 | 6:
            return _unsigned(_zigzag(value))
        case 7:
            return value
        case 8:
            return _unsigned(len(value)) + value
        case 9 | 10:
            member, members = value
            head = bytes([len(members) << 4 | member]) if len(members) < 15 else bytes([0xF0 | member])
            size = b"" if len(members) < 15 else _unsigned(len(members))
            return head + size + b"".join(_write(member, each) for each in members)
        case _:
            return _write_struct(value)


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _unsigned(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
