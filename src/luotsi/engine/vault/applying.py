"""From staged rows to hubs and versions, set by set: the statements of a load, and how they follow on each other.

Works on a table `staged` (see `staging`) of one instance within the caller's transaction. What must be staged again
because it came late is found here and fetched by `replaying`; which extracts are loaded when, by `load`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from luotsi.engine.duck.connection import Connection
from luotsi.engine.vault.model import Column, Hub, Versions
from luotsi.engine.vault.state import listed, quoted


def run(con: Connection, text: str, **values: object) -> int:
    """Runs a statement; gives the number of rows it changed, or its one number.

    Statements are kept to what SQLGlot reads (a test reads each), so that another engine can be given the same.
    """
    found = con.execute(text, values or None).fetchone()
    return int(found[0]) if found and isinstance(found[0], int) else 0


def add_keys(con: Connection, hub: Hub, key: str, texts: Iterable[str], system: str, *, staged: str) -> int:
    """Adds keys the hub does not hold yet; `texts` are the columns of its parts. Gives how many were new."""
    target = listed(hub.key, "system", *hub.parts, "load")
    parts = ", ".join(f"any_value({each})" for each in texts)
    return run(
        con,
        f"INSERT INTO vault.{hub.name} ({target}) "
        f"SELECT s.{quoted(key)}, $system, {parts}, min(s.load) FROM {staged} AS s "
        f"ANTI JOIN vault.{hub.name} AS h ON s.{quoted(key)} = h.{quoted(hub.key)} "
        f"WHERE s.{quoted(key)} IS NOT NULL GROUP BY s.{quoted(key)}",
        system=system,
    )


def insert_new(con: Connection, table: Versions, instance: str, staged: str) -> int:
    """All staged rows as first versions: for keys that are new to the table and stand once in the batch."""
    keys, content = _names(table.keys), _names(table.content)
    return run(
        con,
        f"INSERT INTO vault.{table.name} ({_target(table)}) SELECT {listed(*keys)}, $instance, recorded_at, 0, "
        f"deleted, load{_more(content)} FROM {staged} WHERE NOT deleted",
        instance=instance,
    )


def find_hard(con: Connection, table: Versions, staged: str, edge: datetime | None, late: bool) -> None:
    """Makes `hard`: the keys with several staged rows, or with one that is not later than what is loaded."""
    keys = listed(*_names(table.keys))
    hard = [f"SELECT {keys} FROM {staged} GROUP BY {keys} HAVING count(*) > 1"]
    if edge is not None:
        hard.append(f"SELECT {keys} FROM {staged} WHERE recorded_at <= $edge")
    if late:  # what was replayed may have changed for every row of the parent key
        hard.append(f"SELECT {keys} FROM {staged} SEMI JOIN late USING ({quoted(table.key)})")
    query = f"CREATE OR REPLACE TEMP TABLE hard AS SELECT DISTINCT {keys} FROM ({' UNION ALL '.join(hard)}) AS hard"
    con.execute(query, {"edge": edge} if edge is not None else None)


def several_staged(con: Connection, table: Versions, staged: str) -> tuple[int, int]:
    """How many keys of `hard` have several staged rows, and how many rows say a key's moment again.

    Late rows that change nothing need no more work."""
    keys = listed(*_names(table.keys))
    moments = f"SELECT {keys}, count(*) AS n FROM {staged} SEMI JOIN hard USING ({keys}) GROUP BY {keys}, recorded_at"
    of_keys = f"SELECT sum(n) AS n, sum(n - 1) AS again FROM ({moments}) AS moments GROUP BY {keys}"
    query = f"SELECT count(*) FILTER (n > 1), CAST(coalesce(sum(again), 0) AS BIGINT) FROM ({of_keys}) AS keys"
    several, again = con.execute(query).fetchone() or (0, 0)
    return int(several), int(again)


def insert_changed(con: Connection, table: Versions, instance: str, staged: str, *, hard: bool) -> int:
    """Rows that say something else than the version before them.

    Keys that are staged once and lie after all that is loaded are compared with the last version; with `hard`, the rows
    of the keys in `hard` too, each with the version before it in time.
    """
    keys, content = _names(table.keys), _names(table.content)
    k = listed(*keys)
    last = ", ".join(["deleted", *map(quoted, content)])
    differs = " OR ".join(f"s.{quoted(c)} IS DISTINCT FROM p.{quoted(c)}" for c in ("deleted", *content))
    ctes = (
        f"WITH v AS (SELECT * FROM vault.{table.name} "
        f"SEMI JOIN {staged} USING ({k})), several AS (SELECT DISTINCT {k} FROM v WHERE seq > 0), p AS ("
        f"SELECT {k}, {last}, 1 AS _n, instance = $instance AS _own FROM v ANTI JOIN several USING ({k}) UNION ALL "
        f"SELECT {k}, {last}, _n, _own FROM (SELECT {k}, {last}, instance = $instance AS _own, "
        f"count(*) OVER (PARTITION BY {k}) AS _n, row_number() OVER (PARTITION BY {k} "
        f"ORDER BY (instance = $instance) DESC, recorded_at DESC, seq DESC) AS _place "
        f"FROM v SEMI JOIN several USING ({k})) AS r WHERE _place = 1), "
        f"s AS (SELECT * FROM {staged} ANTI JOIN hard USING ({k}))"
    )
    rows = (
        f"SELECT {_of('s', keys)}, $instance, s.recorded_at, coalesce(p._n, 0), s.deleted, s.load{_more(content, 's')} "
        f"FROM s LEFT JOIN p ON {_equal('s', 'p', keys)} "
        f"WHERE CASE WHEN p._own THEN {differs} ELSE NOT s.deleted END"
    )
    if hard:
        ctes += (
            f", {_chosen(table, staged)}, "
            f"counts AS (SELECT {k}, count(*) AS n FROM vault.{table.name} SEMI JOIN hard USING ({k}) GROUP BY {k})"
        )
        rows += (
            f" UNION ALL SELECT {_of('c', keys)}, $instance, c.recorded_at, "
            f"coalesce(counts.n, 0) + row_number() OVER (PARTITION BY {_of('c', keys)} ORDER BY c.recorded_at) - 1, "
            f"c.deleted, c.load{_more(content, 'c')} FROM chosen AS c LEFT JOIN counts ON {_equal('c', 'counts', keys)}"
        )
    return run(con, f"INSERT INTO vault.{table.name} ({_target(table)}) {ctes} {rows}", instance=instance)


def add_late(con: Connection, table: Versions, instance: str, staged: str, edge: datetime) -> None:
    """Adds to `late` the parent keys for which a row of the past would change the table."""
    key = quoted(table.key)
    run(
        con,
        f"INSERT INTO late WITH {_chosen(table, staged)} SELECT DISTINCT {key} FROM chosen WHERE recorded_at <= $edge",
        instance=instance,
        edge=edge,
    )


def _chosen(table: Versions, staged: str) -> str:
    """Common table expressions that end in `chosen`: the staged rows of hard keys that change something.

    Of rows of one key and moment one that is there beats a deleted one, then the greatest md5 of the content wins;
    against a stored row of that moment too. A winner is chosen when it differs from the row before it.
    """
    keys, content = _names(table.keys), _names(table.content)
    k, c = listed(*keys), _more(content)
    texts = [f"CAST({quoted(n)} AS VARCHAR)" for n in content]
    pieces = ", ".join(f"coalesce(length({text}) || ':' || {text}, '~')" for text in texts)
    digest = f"md5(concat({pieces}))" if content else "''"
    whole = f"row({listed('deleted', *content)})"
    return (
        f"own AS (SELECT {k}, recorded_at, seq, deleted{c}, {digest} AS _digest FROM vault.{table.name} "
        f"SEMI JOIN hard USING ({k}) WHERE instance = $instance), "
        f"top AS (SELECT * FROM own QUALIFY row_number() OVER (PARTITION BY {k}, recorded_at ORDER BY seq DESC) = 1), "
        f"given AS (SELECT {k}, recorded_at, deleted, load{c}, {digest} AS _digest FROM {staged} "
        f"SEMI JOIN hard USING ({k})), "
        f"fresh AS (SELECT *, row_number() OVER (PARTITION BY {k}, recorded_at ORDER BY deleted, _digest DESC, load) "
        "AS _place FROM given), "
        f"won AS (SELECT f.* FROM fresh AS f LEFT JOIN top AS t ON {_equal('f', 't', keys)} "
        "AND f.recorded_at = t.recorded_at "
        f"WHERE f._place = 1 AND (t.seq IS NULL OR (t.deleted AND NOT f.deleted) "
        f"OR (t.deleted = f.deleted AND f._digest > t._digest))), "
        f"line AS (SELECT {k}, recorded_at, seq, TRUE AS _stored, NULL AS load, deleted{c} FROM own UNION ALL "
        f"SELECT {k}, recorded_at, 2147483647, FALSE, load, deleted{c} FROM won), "
        f"seen AS (SELECT *, lag({whole}) OVER (PARTITION BY {k} ORDER BY recorded_at, seq) AS _before FROM line), "
        f"chosen AS (SELECT * FROM seen WHERE NOT _stored AND CASE WHEN _before IS NULL THEN NOT deleted "
        f"ELSE {whole} IS DISTINCT FROM _before END)"
    )


def add_absences(con: Connection, table: Versions, instance: str, staged: str, moment: datetime, load: int) -> int:
    """Stages a deleted row for every key of the instance that is alive at `moment` and not in the full extract.

    `held` has the keys of rows that cannot be read: those are there. An extract in `blind` has rows without a readable
    key: what is missing from it may be one of them.
    """
    k, key = listed(*_names(table.keys)), quoted(table.key)
    return run(
        con,
        f"INSERT INTO {staged} ({k}, recorded_at, deleted, _out, load) "
        f"WITH several AS (SELECT DISTINCT {k} FROM vault.{table.name} WHERE seq > 0), "
        f"rows AS (SELECT {k}, recorded_at, seq, deleted FROM vault.{table.name} "
        "WHERE instance = $instance AND recorded_at <= $moment), "
        f"alive AS (SELECT {k} FROM rows ANTI JOIN several USING ({k}) WHERE NOT deleted UNION ALL "
        f"SELECT {k} FROM (SELECT {k}, deleted, row_number() OVER (PARTITION BY {k} "
        f"ORDER BY recorded_at DESC, seq DESC) AS _place FROM rows SEMI JOIN several USING ({k})) AS r "
        "WHERE _place = 1 AND NOT deleted) "
        f"SELECT {k}, $moment, TRUE, TRUE, $load FROM alive ANTI JOIN {staged} USING ({k}) "
        f"ANTI JOIN held USING ({key}) WHERE $load NOT IN (SELECT load FROM blind)",
        instance=instance,
        moment=moment,
        load=load,
    )


def add_missing_members(con: Connection, table: Versions, instance: str, staged: str) -> int:
    """Stages a deleted row for each member of a group that is known and not in a set its parent sent.

    A delta row of a multi-active group speaks for the whole set of its key at its moment, unless a row of the set, or
    of any, cannot be read (see `add_absences`).
    """
    keys = _names(table.keys)
    k, key = listed(*keys), quoted(table.key)
    return run(
        con,
        f"INSERT INTO {staged} ({k}, recorded_at, deleted, _out, load) "
        f"WITH sets AS (SELECT {key}, recorded_at, max(load) AS load FROM {staged} "
        f"ANTI JOIN held USING ({key}, load) ANTI JOIN blind USING (load) GROUP BY ALL), "
        f"known AS (SELECT DISTINCT {k} FROM {staged} UNION SELECT {k} FROM vault.{table.name} "
        f"SEMI JOIN {staged} USING ({key}) WHERE instance = $instance), "
        f"expected AS (SELECT {_of('known', keys)}, sets.recorded_at, sets.load FROM sets JOIN known "
        f"ON sets.{key} = known.{key}) "
        f"SELECT {k}, recorded_at, TRUE, TRUE, load FROM expected ANTI JOIN {staged} USING ({k}, recorded_at)",
        instance=instance,
    )


def _names(columns: Iterable[Column]) -> list[str]:
    return [each.name for each in columns]


def _target(table: Versions) -> str:
    passport = ("instance", "recorded_at", "seq", "deleted", "load")
    return listed(*_names(table.keys), *passport, *_names(table.content))


def _more(names: list[str], table: str = "") -> str:
    """`, a, b`: names that follow others in a list."""
    return "".join(f", {table + '.' if table else ''}{quoted(each)}" for each in names)


def _of(table: str, names: list[str]) -> str:
    return ", ".join(f"{table}.{quoted(each)}" for each in names)


def _equal(one: str, other: str, names: list[str]) -> str:
    return " AND ".join(f"{one}.{quoted(each)} = {other}.{quoted(each)}" for each in names)
