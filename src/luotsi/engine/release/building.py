"""Makes a release: marts refreshed, segments and measures computed, small cells hidden, one folder published.

Everything unsuppressed stays in the vault's file; the folder appears by one rename, then `current` by another.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.concepts.records import Measure
from luotsi.engine import marts, measures, segments, vault
from luotsi.engine.release import kept, lineage
from luotsi.engine.release.arrow import Table, fetched, pa, pc
from luotsi.engine.release.draft import Draft, Window, window_of
from luotsi.engine.release.nesting import nesting
from luotsi.engine.release.publishing import publish
from luotsi.engine.release.results import is_share, published
from luotsi.engine.release.suppression import SMALL, Rule, hidden_rows, rule_of

RAW = {
    **dict.fromkeys(("period", "group"), pa.string()),
    **dict.fromkeys(("numerator", "denominator", "value"), pa.float64()),
    "n": pa.int64(),
}
"""The columns of raw rows, as they are kept and published."""

Progress = Callable[[str, int, int], None]
"""(what is being done, how many are done, of how many)"""


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
        tell("marts", 0, 1)
        marts.refresh(con, county)
        tell("segments", 0, 1)
        segments.compute(con, county)
        kept.prepare(con)
        draft = Draft(window)
        con.execute("BEGIN")
        try:
            _measures(con, county, draft, loads, tell)
            _segments(con, county, draft)
            con.execute("COMMIT")
        except BaseException:
            con.execute("ROLLBACK")
            raise
        return publish(home, con, county, draft, loads)
    finally:
        con.close()


def _measures(
    con: duckdb.DuckDBPyConnection, county: County, draft: Draft, loads: list[dict[str, Any]], tell: Progress
) -> None:
    """Adds every measure to the draft: kept rows where nothing changed, computed ones elsewhere."""
    versions, before = lineage.versions(con), kept.fingerprints(con)
    marks: dict[str, str] = {}
    for name, measure in sorted(county.measures.items()):
        sql = measures.sql(county, name)
        concepts = lineage.concepts_read(county, sql)
        read = [f"{each}={versions.get(each, '')}" for each in concepts]
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
    tell("measures", len(marks) - len(changed), len(marks))
    computed = _computed(con, county, changed, draft.window)
    for done, (name, measure) in enumerate(sorted(county.measures.items()), start=1):
        if name in computed:
            rows = computed[name]
            hidden = suppressed(con, county, measure, rows, already=kept.hidden_before(con, name, rows))
            kept.keep(con, name, measure.version, rows, hidden, marks[name])
        else:
            rows, hidden = kept.rows(con, name)
        draft.tables.append(published("measure", name, measure.version, rows, hidden, share=is_share(measure)))
        tell("suppression", done, len(marks))


def _computed(con: duckdb.DuckDBPyConnection, county: County, names: list[str], window: Window) -> dict[str, Table]:
    """Raw rows of the measures asked for, by name; only periods that are over."""
    if not names:
        return {}
    table = measures.compute(con, county, names, first_month=window.first, last_month=window.last)
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
    con: duckdb.DuckDBPyConnection,
    county: County,
    measure: Measure,
    rows: Table,
    *,
    already: npt.NDArray[np.bool_] | None = None,
    schema: str = "marts",
) -> npt.NDArray[np.bool_]:
    """Which rows of one measure must be hidden, with the dimensions that lie inside others taken into account."""
    rule = rule_of(measure)
    if not rule.people:
        return hidden_rows(rows, rule)
    inside = nesting(con, county, measure, pc.unique(rows["group"]).to_pylist(), schema=schema)
    return hidden_rows(rows, rule, nesting=inside, already=already)


def _segments(con: duckdb.DuckDBPyConnection, county: County, draft: Draft) -> None:
    """Adds how many persons each segment holds at each month's end. Who they are is in no release."""
    rule = Rule(people=True, complement=False, numerator=True, census=True)
    for name, record in sorted(county.segments.items()):
        found = con.sql(
            "SELECT strftime(period_end, '%Y-%m') AS period, CASE WHEN grouping(segment) = 1 THEN '' ELSE "
            "'segment=' || coalesce(segment, 'unknown') END AS \"group\", count(*)::DOUBLE AS numerator, "
            "NULL::DOUBLE AS denominator, count(*)::DOUBLE AS value, count(*) AS n FROM marts.segment "
            "WHERE segments = ? GROUP BY GROUPING SETS ((period_end), (period_end, segment))",
            params=[name],
        )
        rows = whole_periods(fetched(found), draft.window)
        hidden = hidden_rows(rows, rule, already=kept.hidden_before(con, f"segments/{name}", rows))
        kept.keep(con, f"segments/{name}", record.version, rows, hidden, "")
        draft.tables.append(published("segment", name, record.version, rows, hidden, share=False))


def _silent(what: str, done: int, total: int) -> None:
    """Tells no one."""
