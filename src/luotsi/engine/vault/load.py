"""Loading the lake's extracts into the vault: group by group, one transaction each, whatever was loaded before.

Says what is loaded in which order and keeps the books. How rows are read stands in `staging`, how tables are filled
in `applying`, what late rows bring along in `replaying`.
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
from luotsi.engine.vault import applying, ddl, state
from luotsi.engine.vault.applying import run
from luotsi.engine.vault.batches import QUARANTINED, Batch, keyless, same_as_rows
from luotsi.engine.vault.definitions import digest_of, forget
from luotsi.engine.vault.extracts import Extract, groups, landed
from luotsi.engine.vault.model import Feed, Model, Versions, model
from luotsi.engine.vault.opening import open_vault
from luotsi.engine.vault.replaying import Loaded, point_at, replay
from luotsi.engine.vault.report import LoadReport
from luotsi.engine.vault.staging import key_spaces, staged
from luotsi.engine.vault.values import in_list, long_lists

Progress = Callable[[int, int, str], None]
"""(rows loaded, rows in all, what is loading)."""
BLIND = "the key of some rows cannot be read: what is missing from the extract is not taken for deleted"


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
        strands = _Group(con, self.county, self.model, first, extracts, loaded, report, spans, self.written)
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


class _Group:
    """One group of extracts on its way into the tables of each feed."""

    def __init__(
        self,
        con: Connection,
        county: County,
        made: Model,
        first: Extract,
        extracts: list[Loaded],
        loaded: list[Loaded],
        report: LoadReport,
        spans: dict[int, tuple[datetime, datetime]],
        written: dict[tuple[str, str, Batch], str],
    ) -> None:
        self.con, self.county, self.model, self.report, self.spans = con, county, made, report, spans
        self.written = written
        self.referred: set[str] = set()
        self.source, self.instance, self.delivery = first.source, first.instance, first.delivery
        self.extracts, self.loaded = extracts, loaded
        self.edge = max((each.recorded_max for each in loaded if each.recorded_max is not None), default=None)

    def statement(self, feed: Feed, batch: Batch) -> str:
        """The SELECT that stages a batch for a feed; batches of one form share it."""
        if (feed.concept, feed.name, batch) not in self.written:
            self.written[feed.concept, feed.name, batch] = staged(self.county, feed, batch).sql("duckdb", copy=False)
        return self.written[feed.concept, feed.name, batch]

    def load_feed(self, feed: Feed, names: dict[int, str]) -> None:
        """Stages the group for a feed and fills the feed's hub, links and satellites."""
        con = self.con
        batch = point_at(con, feed, self.instance, self.extracts)
        con.execute(f"CREATE OR REPLACE TEMP TABLE staged AS {self.statement(feed, batch)}")
        sound = self._set_aside(feed, names)
        self._count_codes(feed)
        new = 0
        for place, space in enumerate(key_spaces(self.county, feed, batch)):
            where = "(SELECT * FROM staged WHERE NOT _out)" if feed.deletable else "staged"
            hub = self.model.hubs[space.concept]
            added = applying.add_keys(con, hub, space.key, space.texts, space.system, staged=where)
            if place and added:
                self.referred.add(space.concept)
            new = added if place == 0 else new
        self.report.keys += new
        if feed.deletable:
            hub, key = self.model.hubs[feed.concept], state.quoted(feed.keys[0].name)
            known = f"SELECT 1 FROM vault.{hub.name} AS h WHERE h.{key} = staged.{key}"
            run(con, f"DELETE FROM staged WHERE _out AND NOT EXISTS ({known})")
        if feed.same is not None:
            pairs = len(self.county.sources[feed.source].tables[feed.table].into[feed.place].same_as)
            con.execute(f"CREATE OR REPLACE TEMP TABLE staged_same AS {same_as_rows(feed, 'staged', pairs)}")
            con.execute(f"CREATE OR REPLACE TEMP TABLE faulty_same AS {same_as_rows(feed, 'faulty', pairs)}")
            self._strand(feed, (feed.same,), "staged_same", "faulty_same", False)
        self._strand(feed, feed.tables, "staged", "faulty", not feed.many and new == sound)

    def _set_aside(self, feed: Feed, names: dict[int, str]) -> int:
        """Moves faulty rows to quarantine, notes the time each load speaks of, and gives the number of sound rows."""
        con, sound, faulty = self.con, 0, 0
        read: dict[int, int] = {}
        for number, rows, faults, low, high in con.execute(
            "SELECT load, count(*), count(_fault), min(recorded_at) FILTER (_fault IS NULL), "
            "max(recorded_at) FILTER (_fault IS NULL) FROM staged GROUP BY load"
        ).fetchall():
            read[number] = int(rows)
            sound, faulty = sound + int(rows) - int(faults), faulty + int(faults)
            if low is not None:
                span = self.spans.get(number, (low, high))
                self.spans[number] = (min(span[0], low), max(span[1], high))
        self._all_read(feed, read)
        those = "WHERE _fault IS NOT NULL" if faulty else "LIMIT 0"
        con.execute(f"CREATE OR REPLACE TEMP TABLE faulty AS SELECT * FROM staged {those}")
        if faulty:
            con.execute("DELETE FROM staged WHERE _fault IS NOT NULL")
            named = f"CASE load {' '.join('WHEN ? THEN ?' for _ in names)} END"
            con.execute(
                f"INSERT INTO vault.quarantine SELECT load, ?, ?, {named}, _line, ?, "
                "split_part(_fault, '|', 1), split_part(_fault, '|', 2) FROM faulty WHERE NOT ends_with(_fault, ?)",
                [feed.source, feed.table, *(v for pair in names.items() for v in pair), feed.concept, QUARANTINED],
            )
            for what, count in con.execute(
                "SELECT _fault, count(*) FROM faulty WHERE NOT ends_with(_fault, ?) GROUP BY ALL", [QUARANTINED]
            ).fetchall():
                sentence = f"{feed.concept} {str(what).replace('|', ' ')}"
                self.report.faults[sentence] = self.report.faults.get(sentence, 0) + int(count)
        return sound

    def _all_read(self, feed: Feed, read: dict[int, int]) -> None:
        """Raises UserError where fewer rows were read than landed: whatever reads them, none may be lost in silence."""
        table = self.county.sources[feed.source].tables[feed.table]
        if feed.many or table.unpivot or table.into[feed.place].where:
            return
        for each in self.extracts:
            if read.get(each.load, 0) < each.rows:
                raise UserError(
                    f"{each.path} gave {read.get(each.load, 0)} rows where {each.rows} landed; nothing of it was "
                    "loaded. Delete its folder and land the file again."
                )

    def _count_codes(self, feed: Feed) -> None:
        """Counts codes that an open list does not hold."""
        known: dict[str, str] = {}
        for name, attribute in feed.attributes:
            listed = self.county.codes.get(attribute.codes or "")
            if listed is not None and listed.record.open and listed.rows:
                held = in_list(self.county, str(attribute.codes), ddl.exp.column(name, quoted=True))
                known[name] = held.sql("duckdb")
        if not known:
            return
        counts = ", ".join(f"count(CASE WHEN NOT {each} THEN 1 END)" for each in known.values())
        found = self.con.execute(f"SELECT {counts} FROM staged").fetchone() or ()
        for name, count in zip(known, found, strict=True):
            if count:
                self.report.unknown_codes[f"{feed.concept} {name}"] = int(count)

    def _strand(self, feed: Feed, tables: tuple[Versions, ...], rows: str, faulty: str, all_new: bool) -> None:
        """Fills tables that share their keys from the staged `rows`."""
        con, first = self.con, tables[0]
        con.execute(f"CREATE OR REPLACE TEMP TABLE held AS SELECT {state.quoted(first.key)}, load FROM {faulty}")
        lost = f"SELECT DISTINCT load FROM {faulty} WHERE {keyless(self.county, feed)}"
        con.execute(f"CREATE OR REPLACE TEMP TABLE blind AS {lost}")
        absent = 0
        if self.delivery == "full" and self.edge is not None:
            extract = self.extracts[0]
            absent = applying.add_absences(con, first, self.instance, rows, extract.created_at, extract.load)
            if BLIND not in self.report.notes and run(con, "SELECT count(*) FROM blind"):
                self.report.notes.append(BLIND)
        elif self.delivery == "delta" and feed.many:
            absent = applying.add_missing_members(con, first, self.instance, rows)
        late = 0
        if self.edge is not None:
            late = run(con, f"SELECT count(*) FROM {rows} WHERE recorded_at <= $edge", edge=self.edge)
        if all_new and not absent and not late:
            for table in tables:
                self.report.versions += applying.insert_new(con, table, self.instance, rows)
            return
        applying.find_hard(con, first, rows, self.edge if late else None, False)
        self._count_duplicates(first, rows)
        if late and first.kind != "same":
            self.report.late = max(self.report.late, late)
        hard = applying.several_staged(con, first, rows)
        if late and self._replayed(feed, tables, rows):
            applying.find_hard(con, first, rows, self.edge, True)
            hard = 1
        for table in tables:
            self.report.versions += applying.insert_changed(con, table, self.instance, rows)
            if hard:
                self.report.versions += applying.insert_hard(con, table, self.instance, rows)
        number = self.extracts[0].load
        self.report.deleted += run(
            con, f"SELECT count(*) FROM vault.{first.name} WHERE load >= $n AND deleted", n=number
        )

    def _count_duplicates(self, table: Versions, rows: str) -> None:
        if table.kind == "same":
            return
        keys = state.listed(*(each.name for each in table.keys))
        twice = f"SELECT count(*) AS n FROM {rows} SEMI JOIN hard USING ({keys}) GROUP BY {keys}, recorded_at"
        found = run(self.con, f"SELECT CAST(coalesce(sum(n - 1), 0) AS BIGINT) FROM ({twice}) AS t")
        self.report.duplicates = max(self.report.duplicates, found)

    def _replayed(self, feed: Feed, tables: tuple[Versions, ...], rows: str) -> bool:
        """Stages what the lake says of keys that late rows change; tells whether there were any."""
        assert self.edge is not None
        con, first = self.con, tables[0]
        con.execute(f"CREATE OR REPLACE TEMP TABLE late ({state.quoted(first.key)} UUID)")
        for table in tables:
            applying.add_late(con, table, self.instance, rows, self.edge)
        if not run(con, "SELECT count(*) FROM late"):
            return False

        def rows_of(batch: Batch) -> str:
            query = self.statement(feed, batch)
            if first.kind != "same":
                return query
            pairs = len(self.county.sources[feed.source].tables[feed.table].into[feed.place].same_as)
            return same_as_rows(feed, f"({query})", pairs)

        lost = keyless(self.county, feed)
        self.report.replayed += replay(con, first, self.instance, rows, self.loaded, rows_of, lost)
        if feed.many and first.kind != "same":
            applying.add_missing_members(con, first, self.instance, rows)
        return True
