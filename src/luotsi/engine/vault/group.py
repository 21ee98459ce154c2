"""One group of extracts on its way into the vault: staged for each feed, then into hub, links and satellites.

How rows are read stands in `staging`, how tables are filled in `applying`, what late rows bring along in `replaying`.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.engine.duck.connection import Connection
from luotsi.engine.vault import applying, ddl, state
from luotsi.engine.vault.applying import run
from luotsi.engine.vault.batches import QUARANTINED, Batch, keyless, same_as_rows
from luotsi.engine.vault.extracts import Extract
from luotsi.engine.vault.model import Feed, Model, Versions
from luotsi.engine.vault.replaying import Loaded, point_at, replay
from luotsi.engine.vault.report import LoadReport
from luotsi.engine.vault.staging import key_spaces, staged
from luotsi.engine.vault.values import in_list

BLIND = "the key of some rows cannot be read: what is missing from the extract is not taken for deleted"


class Counted(NamedTuple):
    """How many rows of a feed were staged: sound ones; faulty ones; of the sound, those left out and those gone."""

    sound: int
    faulty: int
    out: int
    gone: int


class Group:
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
        counted = self._count(feed)
        self._set_aside(feed, names, counted)
        new = 0
        where = "(SELECT * FROM staged WHERE NOT _out)" if counted.out else "staged"
        for place, space in enumerate(key_spaces(self.county, feed, batch)):
            hub = self.model.hubs[space.concept]
            added = applying.add_keys(con, hub, space.key, space.texts, space.system, staged=where)
            if place and added:
                self.referred.add(space.concept)
            new = added if place == 0 else new
        self.report.keys += new
        if counted.out:
            hub, key = self.model.hubs[feed.concept], state.quoted(feed.keys[0].name)
            known = f"SELECT 1 FROM vault.{hub.name} AS h WHERE h.{key} = staged.{key}"
            run(con, f"DELETE FROM staged WHERE _out AND NOT EXISTS ({known})")
        if feed.same is not None:
            pairs = len(self.county.sources[feed.source].tables[feed.table].into[feed.place].same_as)
            con.execute(f"CREATE OR REPLACE TEMP TABLE staged_same AS {same_as_rows(feed, 'staged', pairs)}")
            con.execute(f"CREATE OR REPLACE TEMP TABLE faulty_same AS {same_as_rows(feed, 'faulty', pairs)}")
            self._strand(feed, (feed.same,), "staged_same", "faulty_same", counted, False)
        self._strand(feed, feed.tables, "staged", "faulty", counted, not feed.many and new == counted.sound)

    def _count(self, feed: Feed) -> Counted:
        """Counts what is staged; notes the time each load speaks of, and the codes that an open list does not hold."""
        open_lists = self._open_lists(feed)
        codes = "".join(f", count(CASE WHEN _fault IS NULL AND NOT {each} THEN 1 END)" for each in open_lists.values())
        totals, read = Counted(0, 0, 0, 0), dict[int, int]()
        for number, rows, faults, out, gone, low, high, *unknown in self.con.execute(
            "SELECT load, count(*), count(_fault), count(*) FILTER (_fault IS NULL AND _out), "
            "count(*) FILTER (_fault IS NULL AND deleted), min(recorded_at) FILTER (_fault IS NULL), "
            f"max(recorded_at) FILTER (_fault IS NULL){codes} FROM staged GROUP BY load"
        ).fetchall():
            read[number] = int(rows)
            here = Counted(int(rows) - int(faults), int(faults), int(out) if feed.deletable else 0, int(gone))
            totals = Counted(*(one + other for one, other in zip(totals, here, strict=True)))
            if low is not None:
                span = self.spans.get(number, (low, high))
                self.spans[number] = (min(span[0], low), max(span[1], high))
            for name, count in zip(open_lists, unknown, strict=True):
                if count:
                    said, of = self.report.unknown_codes, f"{feed.concept} {name}"
                    said[of] = said.get(of, 0) + int(count)
        self._all_read(feed, read)
        return totals

    def _open_lists(self, feed: Feed) -> dict[str, str]:
        """Attributes of an open code list, and the condition of a value that is in it or missing."""
        found: dict[str, str] = {}
        for name, attribute in feed.attributes:
            listed = self.county.codes.get(attribute.codes or "")
            if listed is not None and listed.record.open and listed.rows:
                held = in_list(self.county, str(attribute.codes), ddl.exp.column(name, quoted=True))
                found[name] = held.sql("duckdb")
        return found

    def _set_aside(self, feed: Feed, names: dict[int, str], counted: Counted) -> None:
        """Moves faulty rows to quarantine."""
        con = self.con
        those = "WHERE _fault IS NOT NULL" if counted.faulty else "LIMIT 0"
        con.execute(f"CREATE OR REPLACE TEMP TABLE faulty AS SELECT * FROM staged {those}")
        if not counted.faulty:
            return
        con.execute("DELETE FROM staged WHERE _fault IS NOT NULL")
        named = f"CASE load {' '.join('WHEN ? THEN ?' for _ in names)} END"
        con.execute(
            f"INSERT INTO vault.quarantine SELECT load, ?, ?, {named}, _line, ?, "
            "split_part(_fault, '|', 1), split_part(_fault, '|', 2) FROM faulty WHERE NOT ends_with(_fault, ?)",
            [feed.source, feed.table, *(v for pair in names.items() for v in pair), feed.concept, QUARANTINED],
        )
        for what, count in con.execute(
            "SELECT _fault, count(*) FROM faulty WHERE NOT ends_with(_fault, ?) GROUP BY _fault ORDER BY _fault",
            [QUARANTINED],
        ).fetchall():
            sentence = f"{feed.concept} {str(what).replace('|', ' ')}"
            self.report.faults[sentence] = self.report.faults.get(sentence, 0) + int(count)

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

    def _strand(
        self, feed: Feed, tables: tuple[Versions, ...], rows: str, faulty: str, counted: Counted, all_new: bool
    ) -> None:
        """Fills tables that share their keys from the staged `rows`."""
        con, first = self.con, tables[0]
        any_ = "" if counted.faulty else " LIMIT 0"
        con.execute(f"CREATE OR REPLACE TEMP TABLE held AS SELECT {state.quoted(first.key)}, load FROM {faulty}{any_}")
        lost = f"SELECT DISTINCT load FROM {faulty} WHERE {keyless(self.county, feed)}{any_}"
        con.execute(f"CREATE OR REPLACE TEMP TABLE blind AS {lost}")
        absent = 0
        if self.delivery == "full" and self.edge is not None:
            extract = self.extracts[0]
            absent = applying.add_absences(con, first, self.instance, rows, extract.created_at, extract.load)
            if BLIND not in self.report.notes and counted.faulty and run(con, "SELECT count(*) FROM blind"):
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
        hard, again = applying.several_staged(con, first, rows)
        replayed = False
        if first.kind != "same":
            self.report.duplicates = max(self.report.duplicates, again)
            self.report.late = max(self.report.late, late)
        if late and self._replayed(feed, tables, rows):
            applying.find_hard(con, first, rows, self.edge, True)
            hard = replayed = True
        for table in tables:
            self.report.versions += applying.insert_changed(con, table, self.instance, rows, hard=bool(hard))
        if counted.gone or absent or replayed:
            number = self.extracts[0].load
            gone = f"SELECT count(*) FROM vault.{first.name} WHERE load >= $n AND deleted"
            self.report.deleted += run(con, gone, n=number)

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
