"""The state of a link or satellite, now or at a date, as SQL built with SQLGlot; and point-in-time macros.

A key whose rows all have seq 0 has one version, so only the others need a window: asking for the state costs a scan
of the table and a sort of what has changed. Reads, never writes.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from luotsi.engine.vault.model import PASSPORT, Model, Versions


def quoted(name: str) -> str:
    """The name as SQL text, quoted."""
    return exp.to_identifier(name, quoted=True).sql("duckdb")


def listed(*names: str) -> str:
    """Names as SQL text: quoted, with commas."""
    return ", ".join(quoted(each) for each in names)


def select(*columns: str) -> exp.Select:
    """A SELECT of SQL texts read as DuckDB's."""
    return sqlglot.parse_one(f"SELECT {', '.join(columns)}", dialect="duckdb", into=exp.Select)


def names_of(table: Versions) -> list[str]:
    """All column names of a table of versions, in order."""
    return [*(each.name for each in table.keys), *PASSPORT, *(each.name for each in table.content)]


def rows_of(table: Versions, as_of: exp.Expr | None = None) -> exp.Select:
    """Every row of the table recorded by `as_of` (a TIMESTAMP expression; None: all)."""
    rows = select(listed(*names_of(table))).from_(exp.to_table(f"vault.{table.name}"))
    return rows.where(exp.column("recorded_at") <= as_of) if as_of is not None else rows


def repeated(table: Versions) -> exp.Select:
    """The keys that have more than one version, in any instance and at any time."""
    return select(listed(*_keys(table))).distinct().from_(exp.to_table(f"vault.{table.name}")).where("seq > 0")


def state_of(table: Versions, as_of: exp.Expr | None = None) -> exp.Select:
    """The rows in force (columns `names_of`): for each key the greatest (recorded_at, seq), none if it is deleted.

    `as_of` is a TIMESTAMP expression (None: now): rows recorded after it are not seen. Where several instances of a
    source speak of one key, the one whose present word is the newest is taken (then the first by name).
    """
    return select("*").from_(_union(_single(table, as_of), _several(table, as_of)).subquery("state"))


def last_of(table: Versions, as_of: exp.Expr | None = None) -> exp.Select:
    """The last row of each (key, instance), deleted or not, with `place` = 1."""
    window = f"row_number() OVER (PARTITION BY {listed(*_keys(table), 'instance')} ORDER BY recorded_at DESC, seq DESC)"
    rows = _of_repeated(table, as_of, "SEMI")
    return (
        select("*").from_(select("*", f"{window} AS place").from_(rows.subquery("r")).subquery("r")).where("place = 1")
    )


def _keys(table: Versions) -> list[str]:
    return [each.name for each in table.keys]


def _union(one: exp.Select, other: exp.Select) -> exp.Union:
    return exp.union(one, other, distinct=False)


def _of_repeated(table: Versions, as_of: exp.Expr | None, how: str) -> exp.Select:
    rows = rows_of(table, as_of).subquery("v")
    return select("*").from_(rows).join(repeated(table).subquery("m"), using=[*_keys(table)], join_type=how)


def _single(table: Versions, as_of: exp.Expr | None) -> exp.Select:
    return select(listed(*names_of(table))).from_(_of_repeated(table, as_of, "ANTI").subquery("s")).where("NOT deleted")


def _several(table: Versions, as_of: exp.Expr | None) -> exp.Select:
    names = listed(*names_of(table))
    if not table.shared:
        return select(names).from_(last_of(table, as_of).subquery("l")).where("NOT deleted")
    own = f"PARTITION BY {listed(*_keys(table), 'instance')} ORDER BY recorded_at"
    whole = f"row({listed('deleted', *(each.name for each in table.content))})"
    # The moment an instance's present word began: of rows of one moment the last, then only those that change a thing.
    # Without this a row stored twice over (which depends on the order of loading) would look like news.
    final = select("*", f"lead(recorded_at) OVER ({own}, seq) AS next").from_(
        _of_repeated(table, as_of, "SEMI").subquery("r")
    )
    final = select("*").from_(final.subquery("r")).where("next IS DISTINCT FROM recorded_at")
    changes = select("*", f"lag({whole}) OVER ({own}) IS DISTINCT FROM {whole} AS changed").from_(final.subquery("r"))
    changes = select("*").from_(changes.subquery("r")).where("changed")
    newest = f"row_number() OVER (PARTITION BY {listed(*_keys(table), 'instance')} ORDER BY recorded_at DESC)"
    alive = select("*", f"{newest} AS place").from_(changes.subquery("r"))
    alive = select("*").from_(alive.subquery("r")).where("place = 1 AND NOT deleted")
    chosen = f"row_number() OVER (PARTITION BY {listed(*_keys(table))} ORDER BY recorded_at DESC, instance)"
    return (
        select(names)
        .from_(select("*", f"{chosen} AS choice").from_(alive.subquery("r")).subquery("r"))
        .where("choice = 1")
    )


def macros(model: Model) -> list[str]:
    """CREATE MACRO statements of `vault.pit_<concept>(as_of)`: one row for each key of the hub that is in force.

    Columns: the key, then for each link and satellite the `recorded_at` and `seq` of its row in force (null: none).
    Multi-active groups have many rows for a key and are left to `state_of`.
    """
    made: list[str] = []
    for concept, hub in model.hubs.items():
        tables = model.of(concept)
        if not tables:
            continue
        query = select(f"h.{quoted(hub.key)}").from_(exp.alias_(exp.to_table(f"vault.{hub.name}"), "h", table=True))
        for place, table in enumerate(tables):
            state = state_of(table, exp.column("as_of")).subquery(f"t{place}")
            query = query.select(
                f"t{place}.recorded_at AS {quoted(table.name + '__recorded_at')}",
                f"t{place}.seq AS {quoted(table.name + '__seq')}",
                dialect="duckdb",
            ).join(state, on=f"h.{quoted(hub.key)} = t{place}.{quoted(table.key)}", join_type="LEFT", dialect="duckdb")
        query = query.where(" OR ".join(f"t{place}.seq IS NOT NULL" for place in range(len(tables))))
        made.append(f"CREATE OR REPLACE MACRO vault.pit_{concept}(as_of) AS TABLE {query.sql('duckdb')}")
    return made
