"""The models of the vault: extracts, hubs, versions, same-as links and what could not be read, as whole histories.

A load of Luotsi adds what an extract changes; a model here says the same of all extracts at once, with windows: of the
rows of one key and moment one wins, and it is a version when it differs from the one before it.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp

from luotsi.concepts.reading import County
from luotsi.engine.dbt.staged import absences, name_of, spaces
from luotsi.engine.marts.same import masters
from luotsi.engine.vault.batches import QUARANTINED
from luotsi.engine.vault.model import Feed, Hub, Model, Versions
from luotsi.engine.vault.state import listed, names_of, quoted


def extracts() -> exp.Expr:
    """The landed extracts, numbered in the order of their streams and times."""
    return _parsed(
        "SELECT CAST(row_number() OVER (ORDER BY source, instance, source_table, created_at, extract) AS INTEGER) "
        "AS load, extract, source, instance, source_table, created_at, delivery, "
        "CASE WHEN instance = source THEN source ELSE source || ':' || instance END AS sender "
        'FROM (SELECT extract, source, instance, "table" AS source_table, CAST(created_at AS TIMESTAMP) AS '
        "created_at, delivery FROM lake.extracts) AS landed"
    )


def hubs(county: County, model: Model) -> Iterator[tuple[str, exp.Expr]]:
    """The name and query of every hub: each key that a sound row speaks of, its system, its parts and first load."""
    told: dict[str, list[str]] = {name: [] for name in model.hubs}
    for feed in model.feeds:
        for space in spaces(county, feed):
            to = model.hubs[space.concept]
            texts = ", ".join(f"{text} AS {quoted(part)}" for text, part in zip(space.texts, to.parts, strict=True))
            told[space.concept].append(
                f"SELECT {quoted(space.key)} AS {quoted(to.key)}, {space.system} AS system, {texts}, load "
                f"FROM vault.{name_of(feed)} WHERE _fault IS NULL AND NOT _out AND NOT {quoted(space.key)} IS NULL"
            )
    for name, hub in model.hubs.items():
        yield hub.name, _hub(hub, told[name])


def _hub(wanted: Hub, told: list[str]) -> exp.Expr:
    if not told:
        nulls = ", ".join(f"CAST(NULL AS VARCHAR) AS {quoted(each)}" for each in ("system", *wanted.parts))
        key = f"CAST(NULL AS UUID) AS {quoted(wanted.key)}"
        return _parsed(f"SELECT {key}, {nulls}, CAST(NULL AS INTEGER) AS load WHERE FALSE")
    firsts = ", ".join(f"min({quoted(each)}) AS {quoted(each)}" for each in ("system", *wanted.parts))
    key = quoted(wanted.key)
    return _parsed(
        f"SELECT {key}, {firsts}, min(load) AS load FROM ({' UNION ALL '.join(told)}) AS told GROUP BY {key}"
    )


def versions(feed: Feed, table: Versions) -> exp.Expr:
    """The versions of a link or satellite."""
    return _parsed(f"WITH {_compared(table, f'vault.{name_of(feed)}', '_fault IS NULL')} {_numbered(table)}")


def same(county: County, feed: Feed, table: Versions) -> exp.Expr:
    """The versions of a same-as link."""
    pairs = len(county.sources[feed.source].tables[feed.table].into[feed.place].same_as)
    told = " UNION ALL ".join(
        f'SELECT "_member_{n}_key" AS member_key, CASE WHEN NOT deleted THEN "_master_{n}_key" END AS master_key, '
        f"recorded_at, deleted, _out, load, _fault, _instance FROM vault.{name_of(feed)} WHERE NOT _fault IS NULL "
        f'OR (NOT "_member_{n}_key" IS NULL AND (deleted OR NOT "_master_{n}_key" IS NULL))'
        for n in range(pairs)
    )
    # a row of `absent` in the staged model speaks of the feed's own key, and has no member
    every = (
        "SELECT member_key, master_key, recorded_at, deleted, load, _instance FROM rows WHERE _fault IS NULL "
        "UNION ALL SELECT member_key, NULL, recorded_at, deleted, load, _instance FROM absent"
    )
    return _parsed(
        f"WITH rows AS ({told}), {absences(county, feed, 'rows', ['member_key'])}, every AS ({every}), "
        f"{_compared(table, 'every', 'TRUE')} {_numbered(table)}"
    )


def master_of(county: County, links: list[Versions]) -> exp.Expr:
    """Member -> master of a concept's same-as links, two hops followed."""
    return with_states(_parsed(masters(county, links)), {each.name: each for each in links})


def quarantine(model: Model) -> exp.Expr:
    """What could not be read after it had landed: load, source, table, line, concept, and `attribute|reason`."""
    told = " UNION ALL ".join(
        f"SELECT load, '{feed.source}' AS source, '{feed.table}' AS source_table, _line AS line, "
        f"'{feed.concept}' AS concept, _fault AS fault FROM vault.{name_of(feed)} "
        f"WHERE NOT _fault IS NULL AND NOT _fault LIKE '%|{QUARANTINED}'"
        for feed in model.feeds
    )
    return _parsed(told)


def with_states(tree: exp.Expr, tables: dict[str, Versions]) -> exp.Expr:
    """A query in which each state of a table (`vault.state.state_of`, a subquery) is asked for in plainer words."""
    for part in list(tree.find_all(exp.Subquery)):
        found = next((each for each in part.find_all(exp.Table) if each.name in tables and each.db == "vault"), None)
        if found is not None and part.alias and isinstance(part.this, exp.Select) and _is_state(part.this):
            part.set("this", _parsed(state(tables[found.name])))
    return tree


def state(table: Versions) -> str:
    """The rows in force of a table of versions: the last of each key, if it is not deleted.

    Where several instances of a source speak of one key, the one whose present word is the newest is taken.
    """
    keys, names = listed(*(each.name for each in table.keys)), listed(*names_of(table))
    place = f"row_number() OVER (PARTITION BY {keys}, instance ORDER BY recorded_at DESC, seq DESC) AS _place"
    last = (
        f"SELECT {names} FROM (SELECT {names}, {place} FROM vault.{table.name}) AS l WHERE _place = 1 AND NOT deleted"
    )
    if not table.shared:
        return last
    choice = f"row_number() OVER (PARTITION BY {keys} ORDER BY recorded_at DESC, instance) AS _choice"
    return f"SELECT {names} FROM (SELECT {names}, {choice} FROM ({last}) AS a) AS c WHERE _choice = 1"


def _is_state(select: exp.Select) -> bool:
    """The SELECT of `state_of` reads one subquery that is called `state`."""
    read = select.args["from_"].this
    return isinstance(read, exp.Subquery) and read.alias == "state"


def _compared(table: Versions, rows: str, where: str) -> str:
    """Common table expressions that end in `changes`: of rows of one key and moment the winner, where it is news."""
    keys, content = [each.name for each in table.keys], [each.name for each in table.content]
    k, c = listed(*keys), "".join(f", {quoted(each)}" for each in content)
    typed = "".join(f", CAST({quoted(each.name)} AS {each.type}) AS {quoted(each.name)}" for each in table.content)
    by = "".join(
        f", CAST({quoted(each.name)} AS {each.type}) AS {quoted(each.name)}" if place else quoted(each.name)
        for place, each in enumerate(table.keys)
    )
    texts = [f"CAST({quoted(each)} AS VARCHAR)" for each in content]
    pieces = ", ".join(f"coalesce(CAST(length({t}) AS VARCHAR) || ':' || {t}, '~')" for t in texts)
    digest = f"md5(concat({pieces}))" if content else "''"
    before = "OVER (PARTITION BY {} ORDER BY recorded_at)".format(f"{k}, instance")
    return (
        f"given AS (SELECT {by}, _instance AS instance, recorded_at, deleted, load{typed} FROM {rows} WHERE {where}), "
        f"told AS (SELECT {k}, instance, recorded_at, deleted, load{c}, {digest} AS _digest FROM given), "
        f"placed AS (SELECT {k}, instance, recorded_at, deleted, load{c}, _digest, row_number() OVER (PARTITION BY "
        f"{k}, instance, recorded_at ORDER BY CASE WHEN deleted THEN 1 ELSE 0 END, _digest DESC, load) AS _place "
        "FROM told), "
        f"seen AS (SELECT {k}, instance, recorded_at, deleted, load{c}, _digest, lag(deleted) {before} AS _deleted, "
        f"lag(_digest) {before} AS _before FROM placed WHERE _place = 1), "
        f"changes AS (SELECT {k}, instance, recorded_at, deleted, load{c} FROM seen WHERE CASE WHEN _before IS NULL "
        "THEN NOT deleted ELSE deleted <> _deleted OR _digest <> _before END)"
    )


def _numbered(table: Versions) -> str:
    """The versions of each key, numbered from 0, with the columns of the vault's table."""
    keys = listed(*(each.name for each in table.keys))
    content = "".join(f", {quoted(each.name)}" for each in table.content)
    return (
        f"SELECT {keys}, instance, recorded_at, CAST(row_number() OVER (PARTITION BY {keys} ORDER BY recorded_at, "
        f"instance) - 1 AS INTEGER) AS seq, deleted, load{content} FROM changes"
    )


def _parsed(text: str) -> exp.Expr:
    return sqlglot.parse_one(text, read="duckdb")
