"""Makes a release: marts refreshed, segments and measures computed, small cells hidden, one folder published.

Everything unsuppressed stays in the vault's file; the folder appears by one rename, then `current` by another.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.concepts.records import Measure
from luotsi.engine import marts, segments, vault
from luotsi.engine.duck.connection import Connection, room
from luotsi.engine.release import concerned, kept, lineage
from luotsi.engine.release.arrow import Table, fetched, pc
from luotsi.engine.release.counting import Asked, counted, in_parts, whole_periods
from luotsi.engine.release.dividing import divide
from luotsi.engine.release.draft import Draft, Progress, window_of
from luotsi.engine.release.linked import Counted, hidden_together, links
from luotsi.engine.release.marks import marked
from luotsi.engine.release.nesting import nesting
from luotsi.engine.release.publishing import publish
from luotsi.engine.release.results import is_share, published
from luotsi.engine.release.suppression import Bools, Rule, hidden_rows, rule_of
from luotsi.engine.release.texts import Text, texts


@room("The release")
def build(
    home: Path,
    county: County,
    *,
    first_month: datetime.date | None = None,
    last_month: datetime.date | None = None,
    progress: Progress | None = None,
) -> Path:
    """Makes a release of all that is loaded and makes it the current one; gives its folder.

    Months are first days. Without them: five calendar years up to the last month that was over when the freshest
    extract was made. Raises UserError when nothing is loaded.
    """
    tell = progress or _silent
    con = vault.open_vault(home, read_only=False)
    try:
        loads = lineage.loads(con)
        if not loads:
            raise UserError(f"Nothing is loaded in {home} yet. Run `luotsi land`, then `luotsi load`, or `luotsi up`.")
        window = window_of(county, loads, first_month, last_month)
        tell(0, 1, "marts")
        replaced = marts.refresh(con, county, old=not vault.on_spark())
        kept.prepare(con)
        changed = concerned.find(con, county, replaced)
        spans = divide(con, county, window, tell)
        draft = Draft(window)
        written = texts(con, county)
        _defined(county, draft, written, loads)
        marks = marked(con, county, window, written, spans, changed)
        new = counted(con, county, window, Asked(marks.wanted, marks.by_persons, changed), tell)
        con.execute("BEGIN")
        try:
            _measures(con, county, draft, marks.now, new, tell)
            kept.keep_parts(con, {name: marks.now[name] for name in in_parts(county, new)})
            _segments(con, county, draft)
            con.execute("COMMIT")
        except BaseException:
            con.execute("ROLLBACK")
            raise
        return publish(home, con, county, draft, loads)
    finally:
        con.close()


def _defined(county: County, draft: Draft, written: Mapping[str, Text], loads: list[dict[str, Any]]) -> None:
    """Adds the definition and the SQL of every measure to the draft."""
    for name, (sql, tables) in sorted(written.items()):
        measure = county.measures[name]
        concepts = lineage.concepts_read(county, tables)
        draft.sql[name] = sql
        draft.definitions[name] = {
            "digest": lineage.digest_of(measure),
            "concepts": concepts,
            "loads": lineage.loads_behind(county, concepts, loads),
            "record": measure.model_dump(mode="json"),
        }


def _measures(
    con: Connection, county: County, draft: Draft, marks: Mapping[str, str], new: Mapping[str, Table], tell: Progress
) -> None:
    """Adds the rows of every measure to the draft, new ones and kept ones, and keeps what is new."""
    found = {name: (new[name], _none(new[name])) if name in new else kept.rows(con, name) for name in marks}
    hidden_anew = _hidden(con, county, {name: rows for name, (rows, _) in found.items()}, set(new))
    keeping: list[kept.Kept] = []
    for done, (name, measure) in enumerate(sorted(county.measures.items()), start=1):
        rows, hidden = found[name][0], hidden_anew.get(name, found[name][1])
        if name in new or name in hidden_anew:
            keeping.append(kept.Kept(name, measure.version, rows, hidden, marks[name]))
        draft.tables.append(published("measure", name, measure.version, rows, hidden, share=is_share(measure)))
        tell(done, len(marks), "small cells")
    kept.keep(con, keeping)


def _hidden(con: Connection, county: County, tables: dict[str, Table], changed: set[str]) -> dict[str, Bools]:
    """Which rows to hide of the changed measures about people, and of those that count the same as they do."""
    rules = {name: rule_of(county.measures[name]) for name in tables}
    found: dict[str, Bools] = {}
    for group in links({name: (rows, rules[name]) for name, rows in tables.items() if rules[name].people}):
        if not changed.isdisjoint(group):
            asked: list[Counted] = []
            for name in group:
                inside = nesting(con, county, county.measures[name], pc.unique(tables[name]["group"]).to_pylist())
                already = kept.hidden_before(con, name, tables[name])
                asked.append(Counted(tables[name], rules[name], inside, already))
            found.update(zip(group, hidden_together(asked), strict=True))
    return found


def _none(rows: Table) -> Bools:
    return np.zeros(int(rows.num_rows), dtype=np.bool_)


def suppressed(
    con: Connection,
    county: County,
    measure: Measure,
    rows: Table,
    *,
    schema: str = "marts",
) -> Bools:
    """Which rows of one measure alone must be hidden, dimensions that lie inside others taken into account."""
    rule = rule_of(measure)
    if not rule.people:
        return hidden_rows(rows, rule)
    inside = nesting(con, county, measure, pc.unique(rows["group"]).to_pylist(), schema=schema)
    return hidden_rows(rows, rule, nesting=inside)


def _segments(con: Connection, county: County, draft: Draft) -> None:
    """Adds how many persons each segment holds at each month's end. Who they are is in no release."""
    rule = Rule(people=True, complement=False, numerator=True, census=True)
    for name, record in sorted(county.segments.items()):
        found = con.sql(
            "SELECT strftime(period_end, '%Y-%m') AS period, CASE WHEN grouping(segment) = 1 THEN '' ELSE "
            "'segment=' || coalesce(segment, 'unknown') END AS \"group\", sum(persons)::DOUBLE AS numerator, "
            "NULL::DOUBLE AS denominator, sum(persons)::DOUBLE AS value, sum(persons)::BIGINT AS n "
            f"FROM ({segments.counts()}) AS ends WHERE segments = ? "
            "GROUP BY GROUPING SETS ((period_end), (period_end, segment))",
            params=[name],
        )
        rows = whole_periods(fetched(found), draft.window)
        hidden = hidden_rows(rows, rule, already=kept.hidden_before(con, f"segments/{name}", rows))
        kept.keep(con, [kept.Kept(f"segments/{name}", record.version, rows, hidden, "")])
        draft.tables.append(published("segment", name, record.version, rows, hidden, share=False))


def _silent(done: int, total: int, what: str) -> None:
    """Tells no one."""
