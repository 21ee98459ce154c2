"""Writes a reading whose records come whole and in order, so that a row is told by its place: nothing is joined.

One run streams the columns that tell who people are: pseudonyms are kept as small numbers, one for each row, and
private columns go to the encrypted store. A second run writes all other columns on all cores. The pseudonyms and the
record numbers are then put into that file by place.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false
from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pyarrow as pa

from luotsi.concepts.errors import UserError
from luotsi.engine.lake import pseudonyms
from luotsi.engine.lake.line_column import add_columns, write_columns
from luotsi.engine.lake.pseudonyms import NONE, Known
from luotsi.engine.lake.written import GROUP, Writing, connect, lined, name

BATCH = 8 * GROUP
"""Rows looked at in one go: each go hashes all distinct values known, so that few goes are cheap."""
IN_MEMORY = 64 << 20
"""Bytes of row numbers of a column that are held in memory; beyond, they go to a file without a name."""

OF_A_HASH = 64
"""Faulty values that share a hash: few enough to be looked through for each row."""

Numbers = np.ndarray[Any, np.dtype[Any]]


@dataclass
class _Column:
    """An identifier column: what is known of its values, and for each sound row the place there, or -1."""

    known: Known
    rows: tempfile.SpooledTemporaryFile[bytes]

    def next(self, size: int) -> pa.Array:
        """The pseudonyms of the next rows."""
        places = np.frombuffer(self.rows.read(size * 4), dtype=np.int32)
        return self.known.pseudonyms.take(pa.array(places, mask=places == NONE))


class Streamed(Writing):
    """See the module."""

    def write(self) -> None:
        """Writes all: private columns and identifiers, faulty rows, rows."""
        self.sound = 0
        self.faulty: list[int] = []
        with ExitStack() as stack:
            work = connect()
            stack.callback(work.close)
            self.columns = {
                column: _Column(
                    Known(work, system, self.key),
                    stack.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY, dir=str(self.to.rows))),
                )
                for column, system in self.systems.items()
            }
            if self.systems or self.private:
                self._stream()
            pseudonyms.keep(self.to.store, self.to.private, [each.known.made for each in self.columns.values()])
            where = self._sound()
            if where:
                self._keep_faulty(where)
            self._rows(where)

    def _stream(self) -> None:
        """Reads identifiers and private columns in the order of the file."""
        self.prepare()
        wanted = [*self.systems, *(column for columns in self.private.values() for column in columns)]
        listed = ", ".join(f"r.{name(column)} AS c{place}" for place, column in enumerate(wanted))
        assert self.reading.first_line is not None
        line = self.reading.first_line
        with ExitStack() as stack:
            writers = {
                part: stack.enter_context(self.to.store.writer(self.to.private / f"{part}.parquet", lined(columns)))
                for part, columns in self.private.items()
            }
            relation = self.con.sql(f"SELECT {listed} FROM ({self.reading.select}) AS r")
            for rows in _gathered(relation.to_arrow_reader(GROUP)):
                lines = np.arange(line, line + rows.num_rows)
                line += rows.num_rows
                arrays = [pa.concat_arrays(column.cast(pa.string()).chunks) for column in rows.columns]
                sound = self._identify(lines, arrays[: len(self.systems)])
                if sound is not None:
                    lines, arrays = lines[sound], [array.filter(pa.array(sound)) for array in arrays]
                self.sound += len(lines)
                place = len(self.systems)
                for part, columns in self.private.items():
                    chosen = [pa.array(lines), *arrays[place : place + len(columns)]]
                    writers[part].write_table(pa.table(chosen, schema=lined(columns)), row_group_size=GROUP)
                    place += len(columns)
        self.heed_rejects()

    def _identify(self, lines: Numbers, arrays: list[pa.Array]) -> Numbers | None:
        """Keeps the places of the pseudonyms of rows; gives which rows are sound, or None where all are."""
        places = [each.known.places(array) for each, array in zip(self.columns.values(), arrays, strict=True)]
        faulty = np.zeros(len(lines), dtype=bool)
        for (column, each), of_rows in zip(self.columns.items(), places, strict=True):
            at_fault = each.known.faulty(of_rows)
            if at_fault is not None:
                faulty |= at_fault
                self.written.quarantine += [
                    (int(lines[row]), column, each.known.fault(int(of_rows[row]))) for row in np.flatnonzero(at_fault)
                ]
        sound = ~faulty if faulty.any() else None
        self.faulty += cast(list[int], lines[faulty].tolist())
        for each, of_rows in zip(self.columns.values(), places, strict=True):
            each.rows.write((of_rows if sound is None else of_rows[sound]).tobytes())
        return sound

    def _sound(self) -> str:
        """What is true of a row without faulty identifiers; empty where there are none.

        The faulty values are asked in a list by their hash, as a join would lose the order of rows.
        """
        parts: list[str] = []
        for place, (column, each) in enumerate(self.columns.items()):
            values = each.known.faulty_values()
            if len(values):
                count = len(values) // OF_A_HASH + 1
                self.con.register("faulty_values", pa.table({"v": values}))
                self.con.execute(
                    f"SET VARIABLE faulty_{place} = (SELECT list(coalesce(listed, []) ORDER BY h) "
                    f"FROM range({count}) AS hashes(h) LEFT JOIN (SELECT hash(v) % {count} AS h, list(v) AS listed "
                    "FROM faulty_values GROUP BY ALL) AS f USING (h))"
                )
                self.con.unregister("faulty_values")
                value = f"r.{name(column)}"
                listed = f"getvariable('faulty_{place}')[(hash({value}) % {count})::BIGINT + 1]"
                parts.append(f"NOT coalesce(list_contains({listed}, {value}), FALSE)")
        return " AND ".join(parts)

    def _keep_faulty(self, sound: str) -> None:
        """Keeps rows with a wrong identifier whole, as sent, in the encrypted store."""
        self.prepare()
        found = self.con.execute(
            f"SELECT to_json(r)::VARCHAR FROM ({self.reading.select}) AS r WHERE NOT ({sound})"
        ).fetchall()
        self.heed_rejects()
        self._same(len(found), len(self.faulty))
        self.cut = {line: str(raw) for line, (raw,) in zip(self.faulty, found, strict=True)}
        self.written.raw += self.cut.items()
        self.written.faulty += len(found)

    def _rows(self, sound: str) -> None:
        """Writes the other columns on all cores, then the record numbers and pseudonyms beside them."""
        others = [column for column in self.open if column not in self.systems]
        target = self.to.rows / "rows.parquet"
        without = self.faulty
        if others:
            chosen = ", ".join(self.watched(f"r.{name(column)}", column) for column in others)
            where = f"WHERE {sound}" if sound else ""
            without = sorted({*without, *self.copy(f"SELECT {chosen} FROM ({self.reading.select}) AS r {where}")})
            if self.systems or self.private:
                self._same(self.written.landed, self.sound)
        else:
            self.written.landed = self.sound
        assert self.reading.first_line is not None
        lines = np.arange(self.reading.first_line, self.reading.first_line + self.written.landed + len(without))
        lines = np.delete(lines, np.asarray(without, dtype=np.int64) - self.reading.first_line)
        for each in self.columns.values():
            each.rows.seek(0)
        schema = lined([column for column in self.open if column in self.systems])
        done = 0

        def rows(size: int) -> pa.Table:
            nonlocal done
            arrays = [
                pa.array(lines[done : done + size]),
                *(self.columns[each].next(size) for each in schema.names[1:]),
            ]
            done += size
            return pa.table(arrays, schema=schema)

        if others:
            add_columns(target, schema, rows)
        else:
            write_columns(target, schema, [min(GROUP, len(lines) - at) for at in range(0, len(lines), GROUP)], rows)

    def _same(self, now: int, before: int) -> None:
        """The places of rows hold only while the file stays as it is."""
        if now != before:
            raise UserError(
                f"The file changed while it was read ({before} rows, then {now}). Land it when it is whole."
            )


def _gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Batches put together to BATCH rows or a little more; the last may have fewer."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        held.append(batch)
        count += batch.num_rows
        if count >= BATCH:
            yield pa.Table.from_batches(held)
            held, count = [], 0
    if count:
        yield pa.Table.from_batches(held)
