"""Writes one reading into a folder: open rows, quarantine, and the encrypted files. Publishes nothing."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false
from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from luotsi.concepts.errors import UserError
from luotsi.concepts.identifiers import IN_TEXT
from luotsi.concepts.privacy import LandingColumns
from luotsi.engine.lake import pseudonyms
from luotsi.engine.lake.identity import SCHEMAS, Store
from luotsi.engine.lake.line_column import add_lines
from luotsi.engine.lake.readings import Readable, Rejected

GROUP = 122_880
"""Rows of a batch and of a row group."""
QUARANTINE = pa.schema([("line", pa.int64()), ("column", pa.string()), ("reason", pa.string())])
COPY = f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {GROUP})"


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
    """A database in memory that never spills to disk: what passes through tells who people are."""
    con = duckdb.connect(config={"temp_directory": "", "autoinstall_known_extensions": False})
    con.execute("SET enable_progress_bar = false")
    return con


def write(reading: Readable, columns: LandingColumns, systems: Mapping[str, str], key: bytes, to: Places) -> Written:
    """Writes a reading; where it is broken, by its careful twin. `systems`: identifier column -> system, resolved."""
    careful = reading.careful
    try:
        return _Writing(reading, columns, systems, key, to).run()
    except (BrokenError, duckdb.Error, pa.ArrowException, OSError):
        if careful is None:
            raise
    return _Writing(careful(), columns, systems, key, to).run()


class _Writing:
    def __init__(
        self, reading: Readable, columns: LandingColumns, systems: Mapping[str, str], key: bytes, to: Places
    ) -> None:
        self.reading, self.key, self.to = reading, key, to
        self.systems = {column: systems[column] for column in systems if column in reading.columns}
        self.open = [column for column in reading.columns if column not in columns.identifying]
        self.private = {
            "values": [column for column in reading.columns if column in columns.identifying],
            "undeclared": list(reading.undeclared),
        }
        self.texts = columns.texts
        self.written = Written(tuple(self.open))
        self.faults: list[str] = []
        self.con = connect()

    def run(self) -> Written:
        """Reads and writes all. Raises UserError, BrokenError, or what the database and the disk raise."""
        try:
            if self.systems:
                self._prepare()
                faulty = pseudonyms.find(self.con, self.reading.select, self.systems, self.key)
                self.faults = [f"k{place}.fault" for place, column in enumerate(self.systems) if faulty[column]]
                self._heed_rejects()
                self._identifiers()
            if self.faults:
                self._take_out_faulty()
            if any(self.private.values()):
                self._private()
            self._rows()
            self._quarantine()
        finally:
            self.con.close()
        return self.written

    def _prepare(self) -> None:
        if self.reading.prepare:
            self.reading.prepare(self.con)

    def _heed_rejects(self) -> Sequence[Rejected]:
        rejects = self.reading.rejects(self.con)
        if rejects and self.reading.careful:
            raise BrokenError
        return rejects

    def _identifiers(self) -> None:
        union = " UNION ".join(
            f"SELECT p AS pseudonym, {_text(system)} AS system, n AS value FROM known_{place} WHERE p IS NOT NULL"
            for place, system in enumerate(self.systems.values())
        )
        schema = SCHEMAS["identifiers"]
        with self.to.store.writer(self.to.private / "identifiers.parquet", schema) as writer:
            for batch in self.con.sql(union).to_arrow_reader(GROUP):
                writer.write_batch(batch.cast(schema))

    def _from(self, *, numbered: bool, known: bool = True) -> str:
        """The rows as r, `_line` among them if `numbered`, and what is known of each identifier as k<place>.

        A join keeps no order: rows that are joined are to be numbered first.
        """
        select, first = self.reading.select, self.reading.first_line
        if numbered and first is not None:
            select = f"SELECT row_number() OVER () + {first - 1} AS _line, * FROM ({select})"
        places = range(len(self.systems) if known else 0)
        columns = list(self.systems)
        joins = [f"LEFT JOIN known_{place} AS k{place} ON r.{_name(columns[place])} = k{place}.v" for place in places]
        return f"FROM ({select}) AS r {' '.join(joins)}"

    def _sound(self) -> str:
        return f"WHERE coalesce({', '.join(self.faults)}) IS NULL" if self.faults else ""

    def _take_out_faulty(self) -> None:
        """Puts rows with a wrong identifier in quarantine, whole as sent in the encrypted store."""
        self._prepare()
        names = [column for place, column in enumerate(self.systems) if f"k{place}.fault" in self.faults]
        found = self.con.execute(
            f"SELECT r._line, to_json(r)::VARCHAR, {', '.join(self.faults)} {self._from(numbered=True)} "
            f"WHERE coalesce({', '.join(self.faults)}) IS NOT NULL"
        ).fetchall()
        self._heed_rejects()
        for line, raw, *reasons in found:
            self.written.raw.append((int(line), str(raw)))
            said = [(name, reason) for name, reason in zip(names, reasons, strict=True) if reason]
            self.written.quarantine += [(int(line), name, str(reason)) for name, reason in said]
        self.written.faulty += len(found)

    def _private(self) -> None:
        """Writes the identifying and the undeclared columns to the encrypted store, in one reading."""
        self._prepare()
        parts = {part: columns for part, columns in self.private.items() if columns}
        wanted = [column for columns in parts.values() for column in columns]
        listed = ", ".join(f"r.{_name(column)} AS c{place}" for place, column in enumerate(wanted))
        numbered = bool(self.faults)
        line = None if numbered else self.reading.first_line
        line_column = "r._line, " if line is None else ""
        select = f"SELECT {line_column}{listed} {self._from(numbered=numbered, known=numbered)} {self._sound()}"
        with ExitStack() as stack:
            writers = {
                part: stack.enter_context(self.to.store.writer(self.to.private / f"{part}.parquet", _schema(columns)))
                for part, columns in parts.items()
            }
            for batch in self.con.sql(select).to_arrow_reader(GROUP):
                arrays = list(batch.columns)
                if line is not None:
                    arrays.insert(0, pa.array(np.arange(line, line + batch.num_rows)))
                    line += batch.num_rows
                place = 1
                for part, columns in parts.items():
                    schema = _schema(columns)
                    chosen = [arrays[0], *arrays[place : place + len(columns)]]
                    cast = [array.cast(kind.type) for array, kind in zip(chosen, schema, strict=True)]
                    writers[part].write_batch(pa.record_batch(cast, schema=schema))
                    place += len(columns)
        self._heed_rejects()

    def _rows(self) -> None:
        """Writes the open rows; where nothing is joined, first the rows on all cores and then their numbers."""
        self._prepare()
        first = None if self.systems else self.reading.first_line
        places = {column: place for place, column in enumerate(self.systems)}
        chosen = ["r._line"] if first is None else []
        for column in self.open:
            value = f"k{places[column]}.p" if column in places else f"r.{_name(column)}"
            chosen.append(f"{_watched(value, column) if column in self.texts else value} AS {_name(column)}")
        target = self.to.rows / "rows.parquet"
        select = f"SELECT {', '.join(chosen)} {self._from(numbered=bool(self.systems))} {self._sound()}"
        try:
            count = self.con.execute(f"COPY ({select}) TO {_text(str(target))} {COPY}").fetchone()
        except duckdb.InvalidInputException as error:
            self._say_where(str(error))
            raise
        self.written.landed = int(count[0]) if count else 0
        rejects = self._heed_rejects()
        self.written.quarantine += [(each.line, None, each.reason) for each in rejects]
        self.written.raw += [(each.line, each.raw) for each in rejects]
        self.written.faulty += len({each.line for each in rejects})
        if first is not None:
            add_lines(target, first, sorted({each.line for each in rejects}))

    def _say_where(self, text: str) -> None:
        """Raises UserError where a text column was found to hold a personal identity code."""
        column = next((each for each in self.texts if WATCH + each + END in text), None)
        if column is None:
            return
        self._prepare()
        found = self.con.execute(
            f"SELECT min(r._line) {self._from(numbered=True)} WHERE regexp_matches(r.{_name(column)}, {_text(IN_TEXT)})"
        ).fetchone()
        raise UserError(
            f"The column {column} holds what looks like a personal identity code, record {found[0] if found else 0}, "
            "where it must not stand. Map the column to an identifying attribute, or have it sent without."
        )

    def _quarantine(self) -> None:
        rows = sorted(self.written.quarantine, key=lambda each: (each[0], each[1] or ""))
        table = pa.table([list(column) for column in zip(*rows, strict=True)] or [[], [], []], schema=QUARANTINE)
        pq.write_table(table, self.to.rows / "quarantine.parquet", compression="zstd")
        if self.written.raw:
            lines, raw = zip(*sorted(self.written.raw), strict=True)
            with self.to.store.writer(self.to.private / "rejects.parquet", SCHEMAS["rejects"]) as writer:
                writer.write_table(pa.table([list(lines), list(raw)], schema=SCHEMAS["rejects"]))


WATCH, END = "a personal identity code in ", "."


def _watched(value: str, column: str) -> str:
    """The value, unless it holds a personal identity code: then the statement stops."""
    found = f"length({value}) > 10 AND regexp_matches({value}, {_text(IN_TEXT)})"
    return f"CASE WHEN {found} THEN error({_text(WATCH + column + END)}) ELSE {value} END"


def _schema(columns: Sequence[str]) -> pa.Schema:
    return pa.schema([("_line", pa.int64()), *((column, pa.string()) for column in columns)])


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
