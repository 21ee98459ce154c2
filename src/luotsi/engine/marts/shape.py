"""The query of one mart: every feed's state in the shape of the concept, feeds that meet on a key merged.

References and keys are resolved to masters through the temporary tables of `same`. When the query is run stands
in `refresh`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from luotsi.concepts.reading import County
from luotsi.engine.duck.types import SQL_TYPES
from luotsi.engine.marts.ranges import Range, between
from luotsi.engine.marts.relations import Relation, relation
from luotsi.engine.marts.same import linked, same_table
from luotsi.engine.marts.steps import quoted
from luotsi.engine.vault.model import Feed, Model, Versions
from luotsi.engine.vault.state import state_of


@dataclass(frozen=True)
class Shaper:
    """Builds the queries of marts, as SQL text.

    `keys`: a table (key) that the rows are narrowed to, None for all; `apart`: one whose keys are left out; `within`:
    the first and last key, as sent, that are asked for. `filled`: the tables of the vault that hold rows, None where
    that is not known; feeds whose first table holds none are left out.
    """

    county: County
    model: Model
    schema: str = "marts"
    as_of: exp.Expr | None = None
    keys: str | None = None
    apart: str | None = None
    within: Range | None = None
    filled: frozenset[str] | None = None

    def concept(self, name: str) -> str:
        """The SELECT of the mart of a concept: one row for each master."""
        return self._merged(relation(self.county, name), self.feeds(name, None), name)

    def group(self, name: str, many: str) -> str:
        """The SELECT of the mart of a multi-active group; rows whose concept has no row are left out."""
        return self._below(self._merged(self._inner(name, many), self.feeds(name, many), name), name, many)

    def columns(self, name: str, many: str | None) -> dict[str, str]:
        """The columns of the mart with their types as in the concepts."""
        return relation(self.county, f"{name}.{many}" if many else name).columns

    def of_feed(self, feed: Feed) -> str:
        """The SELECT of a feed by itself, in the shape of its mart: right where no other speaks of its keys."""
        name, many = feed.concept, feed.many
        of = self._inner(name, many) if many else relation(self.county, name)
        words = ", ".join(quoted(each) for each in of.columns)
        query = f"SELECT {words} FROM ({self._feed(of, feed, name)}) AS fed"
        return self._below(query, name, many) if many else query

    def met(self, name: str, many: str | None) -> str:
        """The SELECT of the keys (key: the master's, member: as sent) that two feeds or members speak of.

        Of each feed only the keys are read: what is joined to them is joined once the few that meet are known.
        """
        feeds = self.feeds(name, many)
        parts = [self._spoken(feed, name, place) for place, feed in enumerate(feeds)]
        spoken = " UNION ALL ".join(parts)
        twice = "min(place) <> max(place) OR min(member) <> max(member)"
        return (
            f"WITH spoken AS ({spoken}), twice AS (SELECT key FROM spoken GROUP BY key HAVING {twice}) "
            "SELECT DISTINCT spoken.key, spoken.member FROM spoken SEMI JOIN twice ON twice.key = spoken.key"
        )

    def feeds(self, name: str, many: str | None) -> list[Feed]:
        """The feeds that fill the mart of a concept or of one of its groups."""
        feeds = [each for each in self.model.feeds if each.concept == name and each.many == many]
        return [each for each in feeds if self.filled is None or each.tables[0].name in self.filled]

    def _inner(self, name: str, many: str) -> Relation:
        """The mart of a group without the columns that it has from its concept."""
        of = relation(self.county, f"{name}.{many}")
        own = {*of.identity, *self.county.concepts[name].many[many].attributes}
        columns = {word: of.columns[word] for word in of.columns if word in own}
        return Relation(of.table, name, columns, {}, of.identity, None)

    def _below(self, query: str, name: str, many: str) -> str:
        """Rows of a group with the columns that they have from their concept."""
        own = self._inner(name, many).columns
        words = relation(self.county, f"{name}.{many}").columns
        columns = ", ".join(f"{'own' if word in own else 'above'}.{quoted(word)}" for word in words)
        above = f"{self.schema}.{quoted(name)} AS above"
        return f"SELECT {columns} FROM ({query}) AS own JOIN {above} ON above.key = own.key"

    def _spoken(self, feed: Feed, concept: str, place: int) -> str:
        """The keys of which a feed speaks: key, member and the place of the feed."""
        member, master, joined = f"t0.{quoted(feed.tables[0].key)}", "", ""
        if linked(self.model, concept):
            master = f"coalesce(same_of_key.master, {member})"
            joined = f" LEFT JOIN {same_table(concept)} AS same_of_key ON same_of_key.member = {member}"
        state = f"({self._state(feed.tables[0])}) AS t0"
        return f"SELECT {master or member} AS key, {member} AS member, {place} AS place FROM {state}{joined}"

    def _merged(self, of: Relation, feeds: list[Feed], concept: str) -> str:
        """All feeds as one: rows that are alone as they are, of others each attribute from the first that has it."""
        words = [quoted(each) for each in of.columns]
        if not feeds:
            typed = (f"CAST(NULL AS {SQL_TYPES[kind]}) AS {quoted(word)}" for word, kind in of.columns.items())
            return f"SELECT {', '.join(typed)} WHERE FALSE"
        parts = [self._feed(of, feed, concept) for feed in feeds]
        if len(feeds) == 1 and not linked(self.model, concept):
            return f"SELECT {', '.join(words)} FROM ({parts[0]}) AS fed"
        identity = [quoted(each) for each in of.identity]
        by = ", ".join(identity)
        match = " AND ".join(f"fed.{each} IS NOT DISTINCT FROM twice.{each}" for each in identity)
        single = ", ".join(f"fed.{each}" for each in words)
        # arg_min passes over null values, so that each attribute comes from the first feed that knows it; of a short
        # order (a number, not the texts it stands for) a GROUP BY of many keys holds a third
        first = ", ".join(
            f"fed.{word}" if word in identity else f"arg_min(fed.{word}, row(nth_told)) AS {word}" for word in words
        )
        told = ", ".join(f"fed.{each}" for each in identity)
        return (
            f"WITH fed AS ({' UNION ALL '.join(parts)}), "
            f"twice AS (SELECT {by} FROM fed GROUP BY {by} HAVING count(*) > 1), "
            f"told AS (SELECT {single}, row_number() OVER (PARTITION BY {told} ORDER BY priority, feed, member) "
            f"AS nth_told FROM fed SEMI JOIN twice ON {match}) "
            f"SELECT {single} FROM fed ANTI JOIN twice ON {match} UNION ALL "
            f"SELECT {first} FROM told AS fed "
            f"GROUP BY {', '.join(f'fed.{each}' for each in identity)}"
        )

    def _feed(self, of: Relation, feed: Feed, concept: str) -> str:
        """The state of one feed in the shape of its mart, with priority, feed and member (the key as sent)."""
        held, joins = self._held(of, feed, concept)
        columns = [
            f"CAST({held.get(word, 'NULL')} AS {SQL_TYPES[kind]}) AS {quoted(word)}"
            for word, kind in of.columns.items()
        ]
        priority = self.county.sources[feed.source].priority
        member = f"t0.{quoted(feed.tables[0].key)}"
        columns += [f"{priority} AS priority", f"'{feed.name}' AS feed", f"{member} AS member"]
        query = f"SELECT {', '.join(columns)} FROM ({self._state(feed.tables[0])}) AS t0"
        for place, table in enumerate(feed.tables[1:], 1):
            on = " AND ".join(
                f"t{place}.{quoted(each.name)} {'IS NOT DISTINCT FROM' if later else '='} t0.{quoted(each.name)}"
                for later, each in enumerate(table.keys)
            )
            query += f" LEFT JOIN ({self._state(table)}) AS t{place} ON {on}"
        return query + "".join(f" LEFT JOIN {target} ON {on}" for target, on in joins)

    def _held(self, of: Relation, feed: Feed, concept: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
        """Where a feed holds each column of its mart, and the joins (target, condition) that takes."""
        hub = self.model.hubs[concept]
        places = {table.name: f"t{place}" for place, table in enumerate(feed.tables)}
        member = f"t0.{quoted(hub.key)}"
        held: dict[str, str] = {}
        joins: list[tuple[str, str]] = []
        for word, attribute in feed.references:
            table = next(each for each in feed.tables if any(name == f"{word}_key" for name, _ in each.references))
            held[word] = f"{places[table.name]}.{quoted(f'{word}_key')}"
            if linked(self.model, attribute.refers or word):
                alias = f"same_of_{word}"
                joins.append((f"{same_table(attribute.refers or word)} AS {alias}", f"{alias}.member = {held[word]}"))
                held[word] = f"coalesce({alias}.master, {held[word]})"
        for table in feed.tables:
            for column in (*table.keys[1:], *table.content):
                if column.name in of.columns:
                    held.setdefault(column.name, f"{places[table.name]}.{quoted(column.name)}")
        held["key"] = member
        if linked(self.model, concept):
            joins.append((f"{same_table(concept)} AS same_of_key", f"same_of_key.member = {member}"))
            held["key"] = f"coalesce(same_of_key.master, {member})"
        in_hub = [each for each in hub.parts if each in of.columns and each not in held]
        if in_hub:
            parts = f"vault.{hub.name}"
            if self.within and held["key"] == member:
                parts = f"(SELECT * FROM {parts} WHERE {between(quoted(hub.key), self.within)})"
            joins.append((f"{parts} AS hub", f"hub.{quoted(hub.key)} = {held['key']}"))
            held |= {each: f"hub.{quoted(each)}" for each in in_hub}
        return held, joins

    def _state(self, table: Versions) -> str:
        state = state_of(table, self.as_of, self.keys)
        if self.within is not None:
            state = f"SELECT * FROM ({state}) AS state WHERE {between(quoted(table.key), self.within)}"
        if self.apart is not None:
            on = f"narrowed.key = state.{quoted(table.key)}"
            state = f"SELECT state.* FROM ({state}) AS state ANTI JOIN {self.apart} AS narrowed ON {on}"
        return state
