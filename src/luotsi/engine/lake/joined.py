"""Writes a reading that numbers its records itself: distinct identifiers first, then rows joined to their pseudonyms.

The rows may come in any order, and another one at each run.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false
from __future__ import annotations

from contextlib import ExitStack

import pyarrow as pa

from luotsi.engine.lake import pseudonyms
from luotsi.engine.lake.written import GROUP, Writing, lined, name


class Joined(Writing):
    """See the module; `k<place>` is what is known of the identifiers of the column at that place of `systems`."""

    faults: tuple[str, ...] = ()

    def write(self) -> None:
        """Writes all: identifiers, faulty rows, private columns, rows."""
        if self.systems:
            self.prepare()
            faulty = pseudonyms.find(self.con, self.reading.select, self.systems, self.key)
            self.faults = tuple(f"k{place}.fault" for place, column in enumerate(self.systems) if faulty[column])
            self.heed_rejects()
            made = [
                (system, self.con.sql(f"SELECT p, n FROM known_{place}").to_arrow_table())
                for place, system in enumerate(self.systems.values())
            ]
            pseudonyms.keep(self.to.store, self.to.private, made)
        if self.faults:
            self._take_out_faulty()
        if self.private:
            self._private()
        places = {column: place for place, column in enumerate(self.systems)}
        chosen = [
            f"k{places[each]}.p AS {name(each)}" if each in places else self.watched(f"r.{name(each)}", each)
            for each in self.open
        ]
        self.copy(f"SELECT r._line, {', '.join(chosen)} {self._from()} {self._sound()}")

    def _from(self, *, known: bool = True) -> str:
        """The rows as r, and what is known of each identifier as k<place>."""
        joins = [
            f"LEFT JOIN known_{place} AS k{place} ON r.{name(column)} = k{place}.v"
            for place, column in enumerate(self.systems if known else ())
        ]
        return f"FROM ({self.reading.select}) AS r {' '.join(joins)}"

    def _sound(self) -> str:
        return f"WHERE coalesce({', '.join(self.faults)}) IS NULL" if self.faults else ""

    def _take_out_faulty(self) -> None:
        """Puts rows with a wrong identifier in quarantine, whole as sent in the encrypted store."""
        self.prepare()
        names = [column for place, column in enumerate(self.systems) if f"k{place}.fault" in self.faults]
        found = self.con.execute(
            f"SELECT r._line, to_json(r)::VARCHAR, {', '.join(self.faults)} {self._from()} "
            f"WHERE coalesce({', '.join(self.faults)}) IS NOT NULL"
        ).fetchall()
        self.heed_rejects()
        for line, raw, *reasons in found:
            self.written.raw.append((int(line), str(raw)))
            self.cut[int(line)] = str(raw)
            said = [(column, reason) for column, reason in zip(names, reasons, strict=True) if reason]
            self.written.quarantine += [(int(line), column, str(reason)) for column, reason in said]
        self.written.faulty += len(found)

    def _private(self) -> None:
        """Writes the identifying and the undeclared columns to the encrypted store, in one reading."""
        self.prepare()
        wanted = [column for columns in self.private.values() for column in columns]
        listed = ", ".join(f"r.{name(column)} AS c{place}" for place, column in enumerate(wanted))
        select = f"SELECT r._line, {listed} {self._from(known=bool(self.faults))} {self._sound()}"
        with ExitStack() as stack:
            writers = {
                part: stack.enter_context(self.to.store.writer(self.to.private / f"{part}.parquet", lined(columns)))
                for part, columns in self.private.items()
            }
            for batch in self.con.sql(select).to_arrow_reader(GROUP):
                place = 1
                for part, columns in self.private.items():
                    schema = lined(columns)
                    chosen = [batch.column(0), *batch.columns[place : place + len(columns)]]
                    cast = [array.cast(kind.type) for array, kind in zip(chosen, schema, strict=True)]
                    writers[part].write_batch(pa.record_batch(cast, schema=schema))
                    place += len(columns)
        self.heed_rejects()
