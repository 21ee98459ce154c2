"""Writes one reading into a folder: open rows, quarantine, and the encrypted files. Publishes nothing."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from luotsi.concepts.errors import UserError
from luotsi.concepts.identifiers import IN_TEXT
from luotsi.concepts.privacy import LandingColumns
from luotsi.engine.lake import pseudonyms
from luotsi.engine.lake.identity import SCHEMAS, Store
from luotsi.engine.lake.readings import Readable

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
        self.values = [column for column in reading.columns if column in columns.identifying]
        self.undeclared = list(reading.undeclared)
        self.texts = [place for place, column in enumerate(self.open) if column in columns.texts]
        self.written = Written(tuple(self.open))
        self.faults: list[str] = []
        self.error: BaseException | None = None
        self.con = connect()

    def run(self) -> Written:
        """Reads and writes all. Raises UserError, BrokenError, or what the database and the disk raise."""
        try:
            if self.systems:
                self._prepare()
                faulty = pseudonyms.find(self.con, self.reading.select, self.systems, self.key)
                self.faults = [column for column, is_faulty in faulty.items() if is_faulty]
                self._rejects(final=False)
                self._identifiers()
            self._prepare()
            self._rows()
            self._rejects(final=True)
            self._quarantine()
        finally:
            self.con.close()
        return self.written

    def _prepare(self) -> None:
        if self.reading.prepare:
            self.reading.prepare(self.con)

    def _rejects(self, *, final: bool) -> None:
        rejects = self.reading.rejects(self.con)
        if rejects and self.reading.careful:
            raise BrokenError
        if final:
            self.written.quarantine += [(each.line, None, each.reason) for each in rejects]
            self.written.raw += [(each.line, each.raw) for each in rejects]
            self.written.faulty += len({each.line for each in rejects})

    def _identifiers(self) -> None:
        union = " UNION ".join(
            f"SELECT p AS pseudonym, '{system.replace(chr(39), chr(39) * 2)}' AS system, n AS value "
            f"FROM known_{place} WHERE p IS NOT NULL"
            for place, system in enumerate(self.systems.values())
        )
        with self.to.store.writer(self.to.private / "identifiers.parquet", SCHEMAS["identifiers"]) as writer:
            for batch in self.con.sql(union).to_arrow_reader(GROUP):
                writer.write_batch(batch.cast(SCHEMAS["identifiers"]))

    def _select(self) -> str:
        """The rows with pseudonyms in place, then what goes to the encrypted store, then the faults of the row."""
        place_of = {column: place for place, column in enumerate(self.systems)}
        chosen = ["r._line"] if self.reading.first_line is None else []
        chosen += [f"k{place_of[each]}.p" if each in place_of else f"r.{_name(each)}" for each in self.open]
        chosen += [f"r.{_name(each)}" for each in (*self.values, *self.undeclared)]
        if self.faults:
            reasons = [f"k{place_of[column]}.fault" for column in self.faults]
            chosen += [*reasons, f"CASE WHEN coalesce({', '.join(reasons)}) IS NOT NULL THEN to_json(r)::VARCHAR END"]
        joins = [
            f"LEFT JOIN known_{place} AS k{place} ON r.{_name(each)} = k{place}.v" for each, place in place_of.items()
        ]
        listed = ", ".join(f"{each} AS c{place}" for place, each in enumerate(chosen))
        return f"SELECT {listed} FROM ({self.reading.select}) AS r {' '.join(joins)}"

    def _rows(self) -> None:
        schema = pa.schema([("_line", pa.int64()), *((column, pa.string()) for column in self.open)])
        other = connect()
        try:
            reader = self.con.sql(self._select()).to_arrow_reader(GROUP)
            stream = pa.RecordBatchReader.from_batches(schema, self._shaped(reader, schema))
            other.register("stream", stream)
            target = str(self.to.rows / "rows.parquet").replace("'", "''")
            count = other.execute(f"COPY (SELECT * FROM stream) TO '{target}' {COPY}").fetchone()
            self.written.landed = int(count[0]) if count else 0
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise (self.error or error) from error
        finally:
            other.close()

    def _shaped(self, reader: pa.RecordBatchReader, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Numbers the rows, takes out those at fault and what is private, and gives the rest in the open shape."""
        private = {
            part: (columns, self.to.store.writer(self.to.private / f"{part}.parquet", _private(columns)))
            for part, columns in (("values", self.values), ("undeclared", self.undeclared))
            if columns
        }
        try:
            line = self.reading.first_line
            for batch in reader:
                arrays = list(batch.columns)
                if line is not None:
                    arrays.insert(0, pa.array(np.arange(line, line + batch.num_rows)))
                    line += batch.num_rows
                if self.faults:
                    arrays = self._without_faults(arrays)
                place = 1 + len(self.open)
                self._refuse_codes_in_text(arrays)
                for columns, writer in private.values():
                    shape = _private(columns)
                    parts = [arrays[0], *arrays[place : place + len(columns)]]
                    writer.write_batch(pa.record_batch(_as(parts, shape), schema=shape))
                    place += len(columns)
                yield pa.record_batch(_as(arrays[: 1 + len(self.open)], schema), schema=schema)
        except BaseException as error:
            self.error = error  # Arrow passes on its text alone
            raise
        finally:
            for _, writer in private.values():
                writer.close()

    def _without_faults(self, arrays: list[pa.Array]) -> list[pa.Array]:
        raw, reasons = arrays[-1], arrays[-1 - len(self.faults) : -1]
        sound = pc.is_null(raw)
        arrays = arrays[: -1 - len(self.faults)]
        if pc.all(sound).as_py():
            return arrays
        wrong = pc.invert(sound)
        numbers = arrays[0].filter(wrong).to_pylist()
        self.written.raw += zip(numbers, raw.filter(wrong).to_pylist(), strict=True)
        for column, reason in zip(self.faults, reasons, strict=True):
            said = zip(numbers, reason.filter(wrong).to_pylist(), strict=True)
            self.written.quarantine += [(number, column, text) for number, text in said if text]
        self.written.faulty += len(numbers)
        return [array.filter(sound) for array in arrays]

    def _refuse_codes_in_text(self, arrays: list[pa.Array]) -> None:
        for place in self.texts:
            texts = arrays[1 + place]
            longest = pc.max(pc.binary_length(texts)).as_py()
            if longest is None or longest < 11:
                continue
            found = pc.match_substring_regex(texts, IN_TEXT)
            if pc.any(found).as_py():
                number = arrays[0].filter(pc.fill_null(found, False))[0].as_py()
                raise UserError(
                    f"The column {self.open[place]} holds what looks like a personal identity code in record {number}, "
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


def _private(columns: list[str]) -> pa.Schema:
    return pa.schema([("_line", pa.int64()), *((column, pa.string()) for column in columns)])


def _as(arrays: list[pa.Array], schema: pa.Schema) -> list[pa.Array]:
    return [
        array if array.type == kind.type else array.cast(kind.type) for array, kind in zip(arrays, schema, strict=True)
    ]


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
