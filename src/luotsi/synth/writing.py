"""Writes a synthetic county: puts the parts together into delivered files, with manifests and the truth about them."""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
import multiprocessing
import os
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv as arrow_csv

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.synth.block import SIZE
from luotsi.synth.parts import Made, Run, make, tasks
from luotsi.synth.sheets import DIALECTS, Piece
from luotsi.synth.text import EPOCH, Array, day_number

Cadence = Literal["few", "year", "quarter", "month"]
Progress = Callable[[int, int], None]


@dataclass
class Delivered:
    """A delivered file as it grows."""

    path: Path
    piece: Piece
    digest: Any = field(default_factory=hashlib.sha256)
    rows: int = 0
    bytes: int = 0


@dataclass(frozen=True)
class Summary:
    """What was written. `counts`: the truth a release should find, and the number of planted faults by table."""

    folder: Path
    files: int
    rows: int
    bytes: int
    counts: dict[str, int]


def cuts_of(years: tuple[int, int], cadence: Cadence, until: datetime.date | None = None) -> tuple[int, ...]:
    """Days of the extracts. `few`: in the middle of the last year, or in November of the only one, and after it.

    Influenza vaccines are given in autumn: half of a single year would hold so few of them that the rest, rightly, is
    refused as unusual."""
    first, last = years
    middle = 6 if first < last else 10
    step = {"few": 12 - middle, "year": 12, "quarter": 3, "month": 1}[cadence]
    begin = last * 12 + middle if cadence == "few" else first * 12
    months = range(begin, (last + 1) * 12 + 1, step)
    cuts = [day_number(month // 12, month % 12 + 1) for month in months]
    end = day_number(until.year, until.month, until.day) + 1 if until else day_number(last + 1)
    return (*(cut for cut in cuts if day_number(first) < cut < end), end)


def write(
    out: Path,
    county: County,
    *,
    residents: int,
    seed: int = 1,
    years: tuple[int, int] = (2020, 2024),
    until: datetime.date | None = None,
    cadence: Cadence = "few",
    processes: int | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Writes the extracts of a synthetic county of `residents` into `out`, which must be empty or absent.

    The same arguments give the same bytes, whatever `processes` is. Beside the files stand `truth.csv` (each planted
    fault: source, table, file, line, key, fault) and `truth.json` (counts). Raises UserError.
    """
    _refuse(out, residents, years, until)
    run = Run(residents, seed, years, cuts_of(years, cadence, until))
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".parts-") as folder:
        book = _Book(out, county)
        totals: dict[str, Array] = {}
        wanted = tasks(run)
        for number, made in enumerate(_all(run, wanted, Path(folder), processes)):
            book.take(made)
            for name, values in made.totals.items():
                totals[name] = totals[name] + values if name in totals else values
            if progress:
                progress(number + 1, len(wanted) + 1)
        book.take(make(run, ("county", 0), Path(folder) / "county.part", totals))
        if progress:
            progress(len(wanted) + 1, len(wanted) + 1)
    return book.close(run)


def _refuse(out: Path, residents: int, years: tuple[int, int], until: datetime.date | None) -> None:
    if out.exists() and any(out.iterdir()):
        raise UserError(f"{out} is not empty; give a folder that is empty or not there yet")
    if residents < 100:
        raise UserError(f"{residents} residents are too few to make a county of; give at least 100")
    if years[0] > years[1]:
        raise UserError(f"The years {years[0]}..{years[1]} run backwards; give the earlier one first")
    if until and not datetime.date(years[0], 1, 31) <= until <= datetime.date(years[1], 12, 31):
        raise UserError(f"The last day {until} must be between {years[0]}-01-31 and the end of {years[1]}")


def _all(run: Run, wanted: list[tuple[str, int]], folder: Path, processes: int | None) -> Iterator[Made]:
    """All parts in order, made by up to two processes; at most a few wait to be put together."""
    count = min(processes or min(2, os.cpu_count() or 1), len(wanted))
    paths = [folder / f"{place}.part" for place in range(len(wanted))]
    if count == 1 or run.residents < 2 * SIZE:
        for task, path in zip(wanted, paths, strict=True):
            yield make(run, task, path)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context, initializer=pa.set_cpu_count, initargs=(1,)) as pool:
        waiting: deque[Future[Made]] = deque()
        for task, path in zip(wanted, paths, strict=True):
            waiting.append(pool.submit(make, run, task, path))
            if len(waiting) > count + 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


class _Book:
    """The delivered files, and the truth about them."""

    def __init__(self, out: Path, county: County) -> None:
        self.out, self.county = out, county
        self.files: dict[tuple[str, str, str, int], Delivered] = {}
        self.counts: Counter[str] = Counter()
        self.truth = (out / "truth.csv").open("w", encoding="utf-8", newline="")
        self.lines = csv.writer(self.truth, lineterminator="\n")
        self.lines.writerow(["source", "table", "file", "line", "key", "fault"])

    def take(self, made: Made) -> None:
        """Adds the pieces of a part to their files and removes the part."""
        starts: list[int] = []
        with made.path.open("rb") as stream:
            for piece in made.pieces:
                file = self._file(piece)
                starts.append(file.rows)
                self._append(file, stream.read(piece.size), piece.rows)
        for noted in made.faults:
            piece = made.pieces[noted.piece]
            name = self._file(piece).path.name
            first = starts[noted.piece] + 2
            for row, key in zip(noted.rows, noted.keys, strict=True):
                self.lines.writerow([piece.source, piece.table, name, first + row, key, noted.fault])
            self.counts[f"fault.{noted.fault}"] += len(noted.rows)
        self.counts.update(made.counts)
        made.path.unlink()

    def _file(self, piece: Piece) -> Delivered:
        key = (piece.source, piece.instance, piece.table, piece.cut)
        if key not in self.files:
            self._check(piece)
            day = EPOCH + datetime.timedelta(days=piece.cut)
            name = f"{piece.source}_{piece.instance}_{piece.table}_{day:%Y%m%d}_{piece.delivery}.csv"
            self.files[key] = Delivered(self.out / name, piece)
            heading = piece.heading + DIALECTS[piece.source].newline
            self._append(self.files[key], heading.encode(piece.encoding), 0)
        return self.files[key]

    def _append(self, file: Delivered, data: bytes, rows: int) -> None:
        if data:
            with file.path.open("ab") as stream:
                stream.write(data)
            file.digest.update(data)
        file.rows += rows
        file.bytes += len(data)

    def _check(self, piece: Piece) -> None:
        """The layout must be the one county/sources declares, else no one could read the file."""
        source = self.county.sources.get(piece.source)
        table = source.tables.get(piece.table) if source else None
        if table is None:
            raise UserError(
                f"county/sources has no table {piece.table} of {piece.source}, so its extract cannot be written"
            )
        known = {heading for name, column in table.columns.items() for heading in (name, *column.also)}
        for heading in piece.heading.split(DIALECTS[piece.source].delimiter):
            if heading not in known:
                raise UserError(
                    f"county/sources/{piece.source}.yaml declares no column {heading} in {piece.table}: add it"
                )

    def close(self, run: Run) -> Summary:
        """Writes the manifests and the counts."""
        self.truth.close()
        for file in self.files.values():
            if self.county.sources[file.piece.source].connector == "parquet":
                _as_parquet(file)
            piece = file.piece
            created = datetime.datetime.combine(EPOCH + datetime.timedelta(days=piece.cut), datetime.time(2))
            manifest = {
                "source": piece.source,
                "instance": piece.instance,
                "table": piece.table,
                "created_at": created.isoformat(),
                "delivery": piece.delivery,
                "rows": file.rows,
                "sha256": file.digest.hexdigest(),
                "encoding": piece.encoding,
                "delimiter": DIALECTS[piece.source].delimiter,
            }
            path = file.path.with_name(file.path.name + ".manifest.json")
            path.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        rows = sum(file.rows for file in self.files.values())
        size = sum(file.bytes for file in self.files.values())
        counts = dict(sorted(self.counts.items()))
        asked = {"residents": run.residents, "seed": run.seed, "years": list(run.years)}
        summary = {**asked, "files": len(self.files), "rows": rows, "bytes": size, "counts": counts}
        (self.out / "truth.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
        return Summary(self.out, len(self.files), rows, size, counts)


def _as_parquet(file: Delivered) -> None:
    """Turns a file of separated text into Parquet, all columns text and nothing empty but null."""
    names = file.piece.heading.split(DIALECTS[file.piece.source].delimiter)
    options = arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True)
    table = arrow_csv.read_csv(file.path, convert_options=options)
    file.path.unlink()
    file.path = file.path.with_suffix(".parquet")
    pq.write_table(table, file.path)
    data = file.path.read_bytes()
    file.digest, file.bytes = hashlib.sha256(data), len(data)
