"""What every way of writing a table shares: the work's state, the watch on free text, the quarantine. Reads no rows."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false
from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from luotsi.concepts.errors import UserError
from luotsi.concepts.identifiers import IN_TEXT
from luotsi.concepts.privacy import LandingColumns
from luotsi.engine.lake.identity import SCHEMAS, Store
from luotsi.engine.lake.pseudonyms import made
from luotsi.engine.lake.readings import Readable, Rejected

GROUP = 122_880
"""Rows of a row group."""
KEYS = "quarantine_keys.parquet"
"""Which things the rows in quarantine speak of: `_line` and the columns of keys, null where they cannot be read."""
QUARANTINE = pa.schema([("line", pa.int64()), ("column", pa.string()), ("reason", pa.string())])
COPY = f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {GROUP})"
WATCH, END = "a personal identity code in ", "."


@dataclass
class Written:
    """What was written: rows in rows.parquet, and the rows that were not, with their reasons."""

    columns: tuple[str, ...]
    landed: int = 0
    faulty: int = 0
    quarantine: list[tuple[int, str | None, str]] = field(default_factory=list[tuple[int, str | None, str]])
    raw: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])


@dataclass(frozen=True)
class Places:
    """Where a table's rows are written to: the open folder and the private one, both not yet published."""

    rows: Path
    private: Path
    store: Store


class BrokenError(Exception):
    """The reading met records it cannot tell apart from sound ones; its careful twin can."""


def connect() -> duckdb.DuckDBPyConnection:
    """A connection of its own, temporary tables and all, to a database in memory that never spills to disk.

    What passes through tells who people are. Making the database takes longer than landing a small file.
    """
    return _database(os.getpid()).cursor()


@lru_cache(maxsize=1)
def _database(_process: int) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"temp_directory": "", "autoinstall_known_extensions": False})
    con.execute("SET enable_progress_bar = false")
    # Rows of a reading stream past what is known of their identifiers. How many will come nobody knows, and taken for
    # few they would be gathered in memory, to be looked up the other way round.
    con.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
    return con


class Writing:
    """One table under way into its folders; the ways differ in how pseudonyms meet their rows."""

    def __init__(
        self, reading: Readable, columns: LandingColumns, systems: Mapping[str, str], key: bytes, to: Places
    ) -> None:
        self.reading, self.key, self.to = reading, key, to
        self.systems = {column: systems[column] for column in systems if column in reading.columns}
        self.open = [column for column in reading.columns if column not in columns.identifying]
        private = {
            "values": [column for column in reading.columns if column in columns.identifying],
            "undeclared": list(reading.undeclared),
        }
        self.private = {part: listed for part, listed in private.items() if listed}
        self.texts = columns.texts
        self.keys = [column for column in self.open if column in columns.keys]
        self.written = Written(tuple(self.open))
        self.cut = dict[int, str]()
        """Rows in quarantine whose columns are known: number -> JSON object."""
        self.con = connect()

    def run(self) -> Written:
        """Reads and writes all. Raises UserError, BrokenError, or what the database and the disk raise."""
        try:
            self.write()
            self.write_quarantine()
        finally:
            self.con.close()
        return self.written

    def write(self) -> None:
        """Writes rows.parquet and the encrypted files, rejects aside."""
        raise NotImplementedError

    def prepare(self) -> None:
        """To be called before each run of the reading's select."""
        if self.reading.prepare:
            self.reading.prepare(self.con)

    def heed_rejects(self) -> Sequence[Rejected]:
        """What the select could not read, once it ran. Raises BrokenError where the careful twin is to read."""
        rejects = self.reading.rejects(self.con)
        if rejects and self.reading.careful:
            raise BrokenError
        return rejects

    def copy(self, select: str) -> list[int]:
        """Writes rows.parquet by a select; gives the numbers of the records that could not be read."""
        self.prepare()
        target = self.to.rows / "rows.parquet"
        try:
            count = self.con.execute(f"COPY ({select}) TO {text(str(target))} {COPY}").fetchone()
        except duckdb.InvalidInputException as error:
            self._say_where(str(error))
            raise
        self.written.landed = int(count[0]) if count else 0
        rejects = self.heed_rejects()
        self.written.quarantine += [(each.line, None, each.reason) for each in rejects]
        self.written.raw += [(each.line, each.raw) for each in rejects]
        lines = sorted({each.line for each in rejects})
        self.written.faulty += len(lines)
        return lines

    def watched(self, value: str, column: str) -> str:
        """A value under its column's name; where it is free text with a personal identity code, the statement stops."""
        if column in self.texts:
            found = f"length({value}) > 10 AND regexp_matches({value}, {text(IN_TEXT)})"
            value = f"CASE WHEN {found} THEN error({text(WATCH + column + END)}) ELSE {value} END"
        return f"{value} AS {name(column)}"

    def _say_where(self, said: str) -> None:
        """Raises UserError where a text column was found to hold a personal identity code."""
        column = next((each for each in self.texts if WATCH + each + END in said), None)
        if column is None:
            return
        self.prepare()
        select, first = self.reading.select, self.reading.first_line
        if first is not None:
            select = f"SELECT row_number() OVER () + {first - 1} AS _line, {name(column)} FROM ({select})"
        found = self.con.execute(
            f"SELECT min(_line) FROM ({select}) WHERE regexp_matches({name(column)}, {text(IN_TEXT)})"
        ).fetchone()
        raise UserError(
            f"The column {column} holds what looks like a personal identity code, record {found[0] if found else 0}, "
            "where it must not stand. Map the column to an identifying attribute, or have it sent without."
        )

    def write_quarantine(self) -> None:
        """Writes what did not land: reasons in the open, what stood there encrypted."""
        rows = sorted(self.written.quarantine, key=lambda each: (each[0], each[1] or ""))
        table = pa.table([list(column) for column in zip(*rows, strict=True)] or [[], [], []], schema=QUARANTINE)
        pq.write_table(table, self.to.rows / "quarantine.parquet", compression="zstd")
        if rows:
            pq.write_table(self._keys(sorted({row[0] for row in rows})), self.to.rows / KEYS, compression="zstd")
        if self.written.raw:
            lines, raw = zip(*sorted(self.written.raw), strict=True)
            with self.to.store.writer(self.to.private / "rejects.parquet", SCHEMAS["rejects"]) as writer:
                writer.write_table(pa.table([list(lines), list(raw)], schema=SCHEMAS["rejects"]))

    def _keys(self, lines: list[int]) -> pa.Table:
        """The columns of keys of the rows in quarantine. A wrong identifier, or a record not cut into columns, is null.

        A thing whose row could not be read is there all the same: a load must not take it for deleted.
        """
        cells = [json.loads(self.cut.get(line, "{}")) for line in lines]
        columns: list[list[Any]] = [lines]
        for column in self.keys:
            values = [row.get(column) for row in cells]
            if column in self.systems:
                sent = pa.array({value for value in values if value is not None}, pa.string())
                known = made(self.con, sent, self.systems[column], self.key)
                pseudonyms = dict(zip(known["v"].to_pylist(), known["p"].to_pylist(), strict=True))
                values = [pseudonyms.get(value) for value in values]
            columns.append(values)
        return pa.table(columns, schema=lined(self.keys))


def lined(columns: Sequence[str]) -> pa.Schema:
    """The schema of record numbers and columns of text."""
    return pa.schema([("_line", pa.int64()), *((column, pa.string()) for column in columns)])


def name(value: str) -> str:
    """A name as SQL writes it."""
    return '"' + value.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"
