"""Makes a release: marts refreshed, segments and measures computed, small cells hidden, one folder published.

Everything unsuppressed stays in the vault's file; the folder appears by one rename, then `current` by another.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.concepts.records import Measure
from luotsi.engine import marts, measures, segments, vault
from luotsi.engine.duck.connection import Connection, room
from luotsi.engine.release import kept, lineage
from luotsi.engine.release.arrow import Table, fetched, pa, pc
from luotsi.engine.release.dividing import divide
from luotsi.engine.release.draft import Draft, Progress, Window, window_of
from luotsi.engine.release.linked import Counted, hidden_together, links
from luotsi.engine.release.nesting import nesting
from luotsi.engine.release.publishing import publish
from luotsi.engine.release.results import is_share, published
from luotsi.engine.release.suppression import SMALL, Bools, Rule, hidden_rows, rule_of
from luotsi.engine.release.texts import texts

RAW = {
    **dict.fromkeys(("period", "group"), pa.string()),
    **dict.fromkeys(("numerator", "denominator", "value"), pa.float64()),
    "n": pa.int64(),
}
"""The columns of raw rows, as they are kept and published."""


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
        marts.refresh(con, county)
        kept.prepare(con)
        spans = divide(con, county, window, tell)
        draft = Draft(window)
        con.execute("BEGIN")
        try:
            _measures(con, county, draft, loads, spans, tell)
            _segments(con, county, draft)
            con.execute("COMMIT")
        except BaseException:
            con.execute("ROLLBACK")
            raise
        return publish(home, con, county, draft, loads)
    finally:
        con.close()


def _measures(
    con: Connection, county: County, draft: Draft, loads: list[dict[str, Any]], spans: str, tell: Progress
) -> None:
    """Adds every measure to the draft: kept rows where nothing changed, computed ones elsewhere.

    `spans` is the mark of the segments' spans.
    """
    versions, before = lineage.versions(con), kept.fingerprints(con)
    marks: dict[str, str] = {}
    written = texts(con, county)
    for name, measure in sorted(county.measures.items()):
        sql, tables = written[name]
        concepts = lineage.concepts_read(county, tables)
        read = lineage.data_read(county, tables, versions, spans)
        window = f"{draft.window.first}..{draft.window.last}"
        marks[name] = lineage.digest(lineage.digest_of(measure), sql, window, str(SMALL), *read)
        draft.sql[name] = sql
        draft.definitions[name] = {
            "digest": lineage.digest_of(measure),
            "concepts": concepts,
            "loads": lineage.loads_behind(county, concepts, loads),
            "record": measure.model_dump(mode="json"),
        }
    changed = [name for name in marks if before.get(name) != marks[name]]
    new = computed(con, county, changed, draft.window, progress=tell)
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


def computed(
    con: Connection,
    county: County,
    names: list[str],
    window: Window,
    *,
    schema: str = "marts",
    progress: Progress | None = None,
) -> dict[str, Table]:
    """Raw rows of the measures asked for, by name; only periods that are over."""
    if not names:
        return {}
    tell = progress or _silent

    def passed(done: int, total: int) -> None:
        tell(done, total, "measures")

    compute = cast("Callable[..., Table]", measures.compute)  # pyright: ignore[reportUnknownMemberType]
    table = compute(
        con,
        county,
        names,
        schema=schema,
        first_month=window.first,
        last_month=window.last,
        progress=passed,
    )
    return {name: whole_periods(table.filter(pc.equal(table["measure"], name)), window) for name in names}


def whole_periods(rows: Table, window: Window) -> Table:
    """The rows whose period lies wholly in the window, in the order of period and group."""
    over = [each for each in pc.unique(rows["period"]).to_pylist() if window.holds(each)]
    kept_rows = rows.filter(pc.is_in(rows["period"], pa.array(over, pa.string())))
    columns = [kept_rows[name].cast(field_type) for name, field_type in RAW.items()]
    return (
        pa.table(columns, names=list(RAW)).sort_by([("period", "ascending"), ("group", "ascending")]).combine_chunks()
    )


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
            "'segment=' || coalesce(segment, 'unknown') END AS \"group\", count(*)::DOUBLE AS numerator, "
            "NULL::DOUBLE AS denominator, count(*)::DOUBLE AS value, count(*) AS n "
            f"FROM ({segments.month_ends()}) AS ends WHERE segments = ? "
            "GROUP BY GROUPING SETS ((period_end), (period_end, segment))",
            params=[name],
        )
        rows = whole_periods(fetched(found), draft.window)
        hidden = hidden_rows(rows, rule, already=kept.hidden_before(con, f"segments/{name}", rows))
        kept.keep(con, [kept.Kept(f"segments/{name}", record.version, rows, hidden, "")])
        draft.tables.append(published("segment", name, record.version, rows, hidden, share=False))


def _silent(done: int, total: int, what: str) -> None:
    """Tells no one."""
