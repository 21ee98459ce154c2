"""Loading the lake's extracts into the vault: group by group, one transaction each, whatever was loaded before.

Says what is loaded in which order and keeps the books. What becomes of a group stands in `group`.
"""

# pyright: reportMissingTypeStubs=false
from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.engine.duck.connection import Connection, given
from luotsi.engine.vault import ddl, state
from luotsi.engine.vault.applying import run
from luotsi.engine.vault.batches import Batch
from luotsi.engine.vault.definitions import digest_of, forget
from luotsi.engine.vault.extracts import Extract, groups, landed
from luotsi.engine.vault.group import Group
from luotsi.engine.vault.model import Model, model
from luotsi.engine.vault.opening import open_vault
from luotsi.engine.vault.replaying import Loaded
from luotsi.engine.vault.report import LoadReport
from luotsi.engine.vault.values import long_lists

Progress = Callable[[int, int, str], None]
"""(rows loaded, rows in all, what is loading)."""


def load(home: Path, county: County, *, progress: Progress | None = None) -> list[LoadReport]:
    """Loads every extract of the lake that the vault has not loaded, and gives a report for each group.

    Raises UserError, with nothing of the failing group loaded, when another process loads, rows cannot be read or
    the disk is full. Loading again continues.
    """
    con = open_vault(home)
    try:
        return load_into(con, home, county, progress=progress)
    finally:
        con.close()


def load_into(con: Connection, home: Path, county: County, *, progress: Progress | None = None) -> list[LoadReport]:
    """As `load`, on an open vault."""
    made = model(county)
    prepare(con, county, made)
    known = {tuple(row) for row in con.execute('SELECT source, instance, "table", extract FROM vault.loads').fetchall()}
    found = [each for each in landed(home) if each.source in county.sources]
    found = [each for each in found if each.table in county.sources[each.source].tables]
    pending = [each for each in found if each.identity not in known]
    total, done, reports = sum(each.rows for each in pending), 0, list[LoadReport]()
    loader = _Loader(con, county, made, {each.identity: each for each in found})
    for group in groups(pending):
        if progress:
            progress(done, total, f"{group[0].source} {group[0].table}")
        with _told(group):
            reports.append(loader.load_group(group))
        done += sum(each.rows for each in group)
    if progress:
        progress(done, total, "")
    loader.note_undescribed(reports)
    return reports


def prepare(con: Connection, county: County, made: Model) -> None:
    """Makes the tables the model calls for; a source table whose definition has changed will be loaded anew."""
    con.execute("BEGIN")
    con.execute("CREATE SCHEMA IF NOT EXISTS vault")
    for name, columns in ddl.BOOKKEEPING.items():
        con.execute(ddl.create(name, columns))
    before = {(r[0], r[1]): r[2] for r in con.execute("SELECT * FROM vault.definitions").fetchall()}
    now = {(s, t): digest_of(county, s, t) for s, source in county.sources.items() for t in source.tables}
    if before != now:
        for source, table in before:
            if now.get((source, table)) != before[source, table]:
                forget(con, source, table)
        for statement in ddl.statements(made):
            con.execute(statement)
        for macro in state.macros(made):
            con.execute(macro)
        con.execute("DELETE FROM vault.definitions")
        con.executemany("INSERT INTO vault.definitions VALUES (?, ?, ?)", [(*key, value) for key, value in now.items()])
    con.execute("COMMIT")
    con.execute("CREATE OR REPLACE TEMP TABLE code_values (list VARCHAR, code VARCHAR, national VARCHAR)")
    rows = long_lists(county)
    if rows:
        lists, codes, nationals = zip(*rows, strict=True)
        with given(con, "long_lists", {"list": lists, "code": codes, "national": nationals}):
            con.execute("INSERT INTO code_values SELECT list, code, national FROM long_lists")


arrow: Any = pyarrow
ARROW: tuple[type[Exception], ...] = (arrow.ArrowException, arrow.ArrowInvalid)
"""What Arrow says of a file that it cannot read."""


@contextmanager
def _told(group: Sequence[Extract]) -> Generator[None]:
    """Turns what an engine says of unreadable rows or a full disk into a sentence."""
    where = f"{group[0].source}, table {group[0].table}, extract {group[0].name}"
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise UserError(f"{where}: memory or disk ran out while loading; nothing of it was loaded. {error}") from error
    except (duckdb.IOException, duckdb.InvalidInputException, duckdb.SerializationException, *ARROW, OSError) as error:
        said = str(error).splitlines()[0]
        raise UserError(
            f"{where}: nothing of it was loaded: {said}. If the disk is full, make room and load again; "
            "if the rows cannot be read, land the file again"
        ) from error


class _Loader:
    """One run of a load: the connection, the model, and the extracts that lie in the lake."""

    def __init__(
        self, con: Connection, county: County, made: Model, lake: dict[tuple[str, str, str, str], Extract]
    ) -> None:
        self.con, self.county, self.model, self.lake = con, county, made, lake
        self.first_load: int | None = None
        self.referred: set[str] = set()
        self.written: dict[tuple[str, str, Batch], str] = {}
        given = "SELECT load FROM vault.numbers UNION ALL SELECT load FROM vault.loads UNION ALL SELECT 0"
        self.number = run(con, f"SELECT max(load) FROM ({given}) AS given")
        self.loaded = self._loaded()

    def load_group(self, group: Sequence[Extract]) -> LoadReport:
        """Loads a group in one transaction."""
        begun, con = time.monotonic(), self.con
        con.execute("BEGIN")
        try:
            report = self._group(group, begun)
            con.execute("COMMIT")
        except BaseException:
            con.execute("ROLLBACK")
            raise
        return report

    def _group(self, group: Sequence[Extract], begun: float) -> LoadReport:
        con, first = self.con, group[0]
        numbers = [*range(self.number + 1, self.number + len(group) + 1)]
        self.number = numbers[-1]
        self.first_load = self.first_load or numbers[0]
        extracts = [
            Loaded(n, e.created_at, e.delivery, e.path, e.columns, rows=e.rows, keys=e.keys)
            for n, e in zip(numbers, group, strict=True)
        ]
        names = tuple(each.name for each in group)
        report = LoadReport(*first.stream, names, first.delivery, tuple(numbers), rows=sum(e.rows for e in group))
        loaded = self.loaded.get(first.stream, [])
        usual = [(e.created_at, e.load, e.rows) for e in loaded if e.delivery == first.delivery]
        report.usual_rows = max(usual)[2] if usual else None
        spans: dict[int, tuple[datetime, datetime]] = {}
        strands = Group(con, self.county, self.model, first, extracts, loaded, report, spans, self.written)
        for feed in self.model.feeds:
            if (feed.source, feed.table) == (first.source, first.table):
                strands.load_feed(feed, {n: e.name for n, e in zip(numbers, group, strict=True)})
        self.referred |= strands.referred
        if report.faults:
            lines = "SELECT DISTINCT load, line FROM vault.quarantine WHERE load >= $n"
            report.quarantined = run(con, f"SELECT count(*) FROM ({lines}) AS q", n=numbers[0])
        report.seconds = round(time.monotonic() - begun, 3)
        self._book(group, extracts, spans, report)
        return report

    def _loaded(self) -> dict[tuple[str, str, str], list[Loaded]]:
        """The extracts of each stream that are loaded already, in order."""
        made: dict[tuple[str, str, str], list[Loaded]] = {}
        for source, instance, table, number, created, delivery, rows, recorded, name in self.con.execute(
            'SELECT source, instance, "table", load, created_at, delivery, rows, recorded_max, extract '
            "FROM vault.loads ORDER BY load"
        ).fetchall():
            stream = str(source), str(instance), str(table)
            there = self.lake.get((*stream, str(name)))
            path, columns = (there.path, there.columns) if there else (Path(f"lake/{name}"), frozenset[str]())
            keys = there.keys if there else None
            of = Loaded(int(number), created, str(delivery), path, columns, recorded, int(rows), keys)
            made.setdefault(stream, []).append(of)
        return made

    def _book(
        self,
        group: Sequence[Extract],
        extracts: Sequence[Loaded],
        spans: dict[int, tuple[datetime, datetime]],
        report: LoadReport,
    ) -> None:
        said, values = json.dumps(report.as_json(), ensure_ascii=False), list[object]()
        for extract, loaded in zip(group, extracts, strict=True):
            low, high = spans.get(loaded.load, (None, None))
            if extract.delivery == "full":
                low = high = extract.created_at
            self.loaded.setdefault(extract.stream, []).append(replace(loaded, recorded_max=high))
            values += [
                loaded.load, *extract.stream, extract.name, extract.created_at, extract.delivery, extract.rows,
                low, high, report.seconds, said,
            ]  # fmt: skip
        row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, now()::TIMESTAMP, ?, ?)"
        self.con.execute(f"INSERT INTO vault.loads VALUES {', '.join(row for _ in group)}", values)

    def note_undescribed(self, reports: list[LoadReport]) -> None:
        """Says in the last report which keys were referred to and never described."""
        if not reports or self.first_load is None:
            return
        for concept in sorted(self.referred):
            hub = self.model.hubs[concept]
            firsts = {each.feed: each for each in reversed(self.model.of(concept))}.values()
            told = [f"SELECT {state.quoted(t.key)} AS k FROM vault.{t.name}" for t in firsts]
            told += [f"SELECT member_key AS k FROM vault.{t.name}" for t in self.model.same_as(concept)]
            told += [f"SELECT master_key AS k FROM vault.{t.name}" for t in self.model.same_as(concept)]
            if not told:
                continue
            missing = run(
                self.con,
                f"SELECT count(*) FROM vault.{hub.name} AS h ANTI JOIN ({' UNION ALL '.join(told)}) AS told "
                f"ON told.k = h.{state.quoted(hub.key)} WHERE load >= $first",
                first=self.first_load,
            )
            if missing:
                reports[-1].undescribed[concept] = missing
