"""A sheet is one table of one system for one block of residents, as text columns; here it is cut into extracts.

Also plants the faults of real deliveries, at known rates, and notes each of them. What the columns hold is the
layouts' business, where the bytes end up is that of `writing`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from luotsi.synth.text import Array, stamps

DUPLICATES, LATE, CORRECTIONS, DELETIONS = 0.02, 0.005, 0.01, 0.003
BROKEN = 0.0004
"""Share of extra rows of each of these kinds, in the tables that have them: ragged, impossible date, unknown code."""
COUNTED_ONLY = {"no_professional", "no_unit", "percent", "unlocked", "ends_2400"}
"""Faults too common to list one by one: the truth holds their number."""
WRONG_CHECK = 0.002
"""Extra patients whose identity code has a wrong check character."""


@dataclass(frozen=True)
class Dialect:
    """How a system writes its files."""

    encoding: str
    delimiter: str
    newline: str
    form: str
    """Form of its days and times, see `text`."""
    decimal: str


DIALECTS = {
    "lifecare": Dialect("utf-8", ";", "\n", "fi", ","),
    "pegasos": Dialect("latin-1", "\t", "\r\n", "compact", ","),
    "mediatri": Dialect("utf-8", ",", "\n", "slash", "."),
    "register": Dialect("utf-8", ";", "\n", "fi", ","),
    "population": Dialect("utf-8", ",", "\n", "iso", "."),
    "residents": Dialect("utf-8", ";", "\n", "iso", "."),
    "social": Dialect("latin-1", ";", "\r\n", "fi", ","),
    "rai": Dialect("utf-8", ";", "\n", "iso", "."),
    "ledger": Dialect("latin-1", ";", "\r\n", "fi", ","),
    "shifts": Dialect("latin-1", "|", "\r\n", "compact", ","),
    "callcentre": Dialect("utf-8", ",", "\n", "utc", "."),
    "feedback": Dialect("utf-8", ",", "\n", "iso", "."),
    "luotsi": Dialect("utf-8", ",", "\n", "own", "."),
}


@dataclass(frozen=True)
class Sheet:
    """A table to write.

    `changed`: minutes, the row goes to the first extract after them. `changed_column` holds them.
    `extract`: for full deliveries, the index of the one extract. `cuts`: days of the extracts of this sending system.
    `corrects`: column whose first version is wrong for some rows. `deletes`: column and word that report a deletion.
    `dates`, `coded`: columns that impossible dates and unknown codes are put in. `counts`: what the rows count as.
    """

    source: str
    instance: str
    table: str
    columns: dict[str, pa.Array]
    cuts: tuple[int, ...]
    changed: Array | None = None
    changed_column: str | None = None
    extract: int | None = None
    corrects: str | None = None
    deletes: tuple[str, str] | None = None
    dates: str | None = None
    coded: str | None = None
    hetu: str | None = None
    duplicates: float = DUPLICATES / 4
    counts: str | None = None
    counted: Array | None = None
    encoding: str | None = None
    marked: dict[str, Array] = field(default_factory=dict)
    """Faults that are in the rows already (mask), to be told in the truth."""
    tail: tuple[str, ...] = ()
    """Lines after all rows, as they are."""
    delivery: str | None = None
    """Says full or delta where it is not what the kind of sheet tells."""
    late: float = LATE
    since: int = 0
    """The day the table came into use; no extract without rows is sent until then."""


@dataclass(frozen=True)
class Piece:
    """Bytes of one extract in the file of a part."""

    source: str
    instance: str
    table: str
    cut: int
    delivery: str
    heading: str
    encoding: str
    offset: int
    size: int
    rows: int


@dataclass(frozen=True)
class Noted:
    """Planted faults of one kind in a piece: their rows within it (0 is the first) and the keys they have."""

    piece: int
    fault: str
    rows: tuple[int, ...]
    keys: tuple[str, ...]


class Part:
    """Collects the sheets of one block into one file of bytes."""

    def __init__(self, stream: BinaryIO, rng: np.random.Generator) -> None:
        self.stream, self.rng = stream, rng
        self.pieces: list[Piece] = []
        self.faults: list[Noted] = []
        self.counts: Counter[str] = Counter()

    def add(self, sheet: Sheet) -> None:
        """Writes a sheet, cut into its extracts, with its faults."""
        table = pa.table(sheet.columns)
        if sheet.changed is None:
            self._count(sheet, np.ones(table.num_rows, dtype=bool))
            self._write(sheet, table, np.zeros(table.num_rows, dtype=np.int64) + (sheet.extract or 0), [])
            return
        table, extract, noted = self._versions(sheet, table, sheet.changed)
        self._write(sheet, table, extract, noted)

    def _versions(
        self, sheet: Sheet, table: pa.Table, changed: Array
    ) -> tuple[pa.Table, Array, list[tuple[Array, str]]]:
        """The rows with their corrections, deletions, duplicates and late ones; noted: places and fault."""
        rng, count, last = self.rng, table.num_rows, sheet.cuts[-1] * 1440
        sent = changed < last
        lot = rng.random(count)
        moved = changed + rng.integers(1440, 90 * 1440, count)
        again = sent & (moved < last)
        corrected = np.flatnonzero(again & (lot < CORRECTIONS)) if sheet.corrects else np.zeros(0, np.int64)
        deleted = np.flatnonzero(again & (lot > 1 - DELETIONS)) if sheet.deletes else np.zeros(0, np.int64)
        doubled = np.flatnonzero(sent & (lot > 0.3) & (lot < 0.3 + sheet.duplicates))
        alive = sent.copy()
        alive[deleted] = False
        self._count(sheet, alive)
        extras = [self._resent(sheet, table, corrected, moved), self._resent(sheet, table, deleted, moved, dead=True)]
        if sheet.corrects and len(corrected):
            table = _replace(table, sheet.corrects, _wrong(table[sheet.corrects], corrected))
        extras.append(table.take(pa.array(doubled)))
        extract = np.searchsorted(np.array(sheet.cuts) * 1440, changed, side="right")
        late = np.flatnonzero((lot > 0.5) & (lot < 0.5 + sheet.late) & (extract < len(sheet.cuts) - 1))
        late = np.setdiff1d(late, np.concatenate([corrected, deleted, doubled]))
        extract[late] += 1
        cuts = np.array(sheet.cuts) * 1440
        times = [
            np.searchsorted(cuts, moved[corrected], side="right"),
            np.searchsorted(cuts, moved[deleted], side="right"),
            extract[doubled],
        ]
        first = count
        noted = [(late, "late"), *((np.flatnonzero(mask & sent), name) for name, mask in sheet.marked.items())]
        for extra, name in zip(extras, ("correction", "deletion", "duplicate"), strict=True):
            noted.append((first + np.arange(extra.num_rows), name))
            first += extra.num_rows
        return pa.concat_tables([table, *extras]), np.concatenate([extract, *times]), noted

    def _resent(self, sheet: Sheet, table: pa.Table, places: Array, moved: Array, *, dead: bool = False) -> pa.Table:
        rows = table.take(pa.array(places))
        if sheet.changed_column and len(places):
            rows = _replace(rows, sheet.changed_column, stamps(moved[places], DIALECTS[sheet.source].form))
        if dead and sheet.deletes and len(places):
            column, word = sheet.deletes
            rows = _replace(rows, column, pa.array([word] * len(places), pa.string()))
        return rows

    def _count(self, sheet: Sheet, alive: Array) -> None:
        if sheet.counts:
            kept = alive if sheet.counted is None else alive & sheet.counted
            self.counts[sheet.counts] += int(kept.sum())

    def _write(self, sheet: Sheet, table: pa.Table, extract: Array, noted: list[tuple[Array, str]]) -> None:
        dialect = DIALECTS[sheet.source]
        encoding = sheet.encoding or dialect.encoding
        heading = dialect.delimiter.join(table.column_names)
        single = bool((extract == extract[0]).all()) if len(extract) else True
        for number in range(len(sheet.cuts)):
            if sheet.changed is None and number != (sheet.extract or 0):
                continue
            chosen = (
                np.arange(len(extract))
                if single and len(extract) and extract[0] == number
                else np.flatnonzero(extract == number)
            )
            if not len(chosen) and sheet.cuts[number] <= sheet.since:
                continue
            rows = table if len(chosen) == table.num_rows else table.take(pa.array(chosen))
            data = _text(rows, dialect)
            piece, base = len(self.pieces), len(chosen)
            for places, name in noted:
                inside = places[extract[places] == number] if len(places) else places
                if not len(inside):
                    continue
                self.counts[f"{sheet.source}.{sheet.table}.{name}"] += len(inside)
                if name not in COUNTED_ONLY:
                    keys = table.column(0).take(pa.array(inside)).to_pylist()
                    rows_ = tuple(np.searchsorted(chosen, inside).tolist())
                    self.faults.append(Noted(piece, name, rows_, tuple(map(str, keys))))
            broken = self._broken(sheet, rows, piece, base)
            lines = [dialect.delimiter.join(cells) for cells in broken] + list(sheet.tail)
            if lines:
                data += ("\n".join(lines) + "\n").encode()
            if dialect.newline != "\n":
                data = data.replace(b"\n", dialect.newline.encode())
            if encoding != "utf-8":
                data = data.decode().encode(encoding)
            delivery = sheet.delivery or ("full" if sheet.changed is None else "delta")
            offset = self.stream.tell()
            self.stream.write(data)
            self.pieces.append(
                Piece(
                    sheet.source,
                    sheet.instance,
                    sheet.table,
                    sheet.cuts[number],
                    delivery,
                    heading,
                    encoding,
                    offset,
                    len(data),
                    base + len(lines),
                )
            )

    def _broken(self, sheet: Sheet, rows: pa.Table, piece: int, base: int) -> list[list[str]]:
        """Extra rows that cannot be right, made from copies of good ones with keys of their own."""
        made: list[list[str]] = []
        kinds = [
            ("ragged", sheet.dates),
            ("impossible_date", sheet.dates),
            ("unknown_code", sheet.coded),
            ("wrong_check", sheet.hetu),
        ]
        for name, column in kinds:
            rate = WRONG_CHECK if name == "wrong_check" else BROKEN
            if not column or not rows.num_rows:
                continue
            places = self.rng.integers(0, rows.num_rows, self.rng.poisson(rate * rows.num_rows))
            for copy in rows.take(pa.array(np.sort(places))).to_pylist():
                cells = {key: "" if value is None else str(value) for key, value in copy.items()}
                first = next(iter(cells))
                cells[first] = f"{cells[first]}X{len(made)}"
                if name == "impossible_date":
                    cells[column] = _impossible(DIALECTS[sheet.source].form)
                elif name == "unknown_code":
                    cells[column] = "QQ9"
                elif name == "wrong_check":
                    cells[column] = cells[column][:-1] + ("A" if cells[column][-1] != "A" else "B")
                self.faults.append(Noted(piece, name, (base + len(made),), (cells[first],)))
                self.counts[f"{sheet.source}.{sheet.table}.{name}"] += 1
                values = list(cells.values())
                made.append(values[:-2] if name == "ragged" else values)
        return made


def _impossible(form: str) -> str:
    return {"fi": "31.02.2021 10:00", "compact": "20210231 1000", "slash": "31/02/2021 10:00:00"}.get(
        form, "2021-02-31"
    )


def _wrong(column: pa.ChunkedArray, places: Array) -> pa.Array:
    """The column with the value of the next row at the given places."""
    order = np.arange(len(column))
    order[places] = (places + 1) % len(column)
    return column.combine_chunks().take(pa.array(order))


def _replace(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)


def _text(table: pa.Table, dialect: Dialect) -> bytes:
    if not table.num_rows:
        return b""
    options = csv.WriteOptions(
        include_header=False, delimiter=dialect.delimiter, quoting_style="none", batch_size=16384
    )
    sink = pa.BufferOutputStream()
    csv.write_csv(table, sink, options)
    return sink.getvalue().to_pybytes()


def texts(column: pa.Array) -> pa.Array:
    """Any column as text."""
    return pc.cast(column, pa.string())
