"""The state of a link or satellite, now or at a date, as SQL text; and point-in-time macros.

A key whose rows all have seq 0 has one version, so only the others need a window: asking for the state costs a scan
of the table and a sort of what has changed. Reads, never writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlglot import exp

from luotsi.engine.vault.model import PASSPORT, Model, Versions


@cache
def quoted(name: str) -> str:
    """The name as SQL text, quoted."""
    return exp.to_identifier(name, quoted=True).sql("duckdb")


def listed(*names: str) -> str:
    """Names as SQL text: quoted, with commas."""
    return ", ".join(quoted(each) for each in names)


def names_of(table: Versions) -> list[str]:
    """All column names of a table of versions, in order."""
    return [*(each.name for each in table.keys), *PASSPORT, *(each.name for each in table.content)]


def state_of(
    table: Versions, as_of: exp.Expr | None = None, keys: str | None = None, names: Sequence[str] | None = None
) -> str:
    """The SELECT of the rows in force (columns `names`, else `names_of`): the greatest (recorded_at, seq), none if it
    is deleted.

    `as_of` is a TIMESTAMP expression (None: now): rows recorded after it are not seen. Where several instances of a
    source speak of one key, the one whose present word is the newest is taken (then the first by name). `keys` is a
    table (key) of the hash keys that are asked for (None: all).
    """
    own = listed(*(each.name for each in table.keys))
    every = f"vault.{table.name}"
    if keys is not None:
        every = f"(SELECT * FROM {every} WHERE {quoted(table.key)} IN (SELECT key FROM {keys}))"
    seen = every
    if as_of is not None:
        seen = f"(SELECT * FROM {seen} WHERE recorded_at <= {as_of.sql('duckdb')})"
    repeated = f"(SELECT DISTINCT {own} FROM {every} WHERE seq > 0) AS m"
    named = listed(*(names or names_of(table)))
    single = f"SELECT {named} FROM {seen} AS v ANTI JOIN {repeated} USING ({own}) WHERE NOT deleted"
    several = _several(table, own, f"{seen} AS v SEMI JOIN {repeated} USING ({own})")
    return f"SELECT * FROM ({single} UNION ALL SELECT {named} FROM ({several}) AS s) AS state"


def _several(table: Versions, keys: str, rows: str) -> str:
    """SQL of the rows in force of keys with more than one version."""
    own = f"PARTITION BY {keys}, instance ORDER BY recorded_at"
    if not table.shared:
        last = f"SELECT *, row_number() OVER ({own} DESC, seq DESC) AS _place FROM {rows}"
        return f"SELECT * FROM ({last}) AS l WHERE _place = 1 AND NOT deleted"
    # The moment an instance's present word began: of rows of one moment the last, then only those that change a thing.
    # Without this a row stored twice over (which depends on the order of loading) would look like news.
    whole = f"row({listed('deleted', *(each.name for each in table.content))})"
    final = f"SELECT *, lead(recorded_at) OVER ({own}, seq) AS _next FROM {rows}"
    final = f"SELECT * FROM ({final}) AS f WHERE _next IS DISTINCT FROM recorded_at"
    changes = f"SELECT *, lag({whole}) OVER ({own}) IS DISTINCT FROM {whole} AS _changed FROM ({final}) AS f"
    last = f"SELECT *, row_number() OVER ({own} DESC) AS _place FROM ({changes}) AS c WHERE _changed"
    chosen = f"row_number() OVER (PARTITION BY {keys} ORDER BY recorded_at DESC, instance) AS _choice"
    alive = f"SELECT *, {chosen} FROM ({last}) AS l WHERE _place = 1 AND NOT deleted"
    return f"SELECT * FROM ({alive}) AS a WHERE _choice = 1"


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
        columns, joins = [f"h.{quoted(hub.key)}"], ""
        for place, table in enumerate(tables):
            columns += [f"t{place}.{name} AS {quoted(f'{table.name}__{name}')}" for name in ("recorded_at", "seq")]
            on = f"h.{quoted(hub.key)} = t{place}.{quoted(table.key)}"
            state = state_of(table, exp.column("as_of"), names=(table.key, "recorded_at", "seq"))
            joins += f" LEFT JOIN ({state}) AS t{place} ON {on}"
        there = " OR ".join(f"t{place}.seq IS NOT NULL" for place in range(len(tables)))
        query = f"SELECT {', '.join(columns)} FROM vault.{hub.name} AS h{joins} WHERE {there}"
        made.append(f"CREATE OR REPLACE MACRO vault.pit_{concept}(as_of) AS TABLE {query}")
    return made
