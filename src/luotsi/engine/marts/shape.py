"""The query of one mart: every feed's state in the shape of the concept, feeds that meet on a key merged.

References and keys are resolved to masters through the temporary tables of `same`. When the query is run stands
in `refresh`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from luotsi.concepts.reading import County
from luotsi.engine.duck.types import SQL_TYPES
from luotsi.engine.marts.relations import Relation, relation
from luotsi.engine.marts.same import linked, same_table
from luotsi.engine.marts.steps import quoted
from luotsi.engine.vault.model import Feed, Model, Versions
from luotsi.engine.vault.state import state_of


@dataclass(frozen=True)
class Shaper:
    """Builds the queries of marts, as SQL text.

    `keys`: a table (key) that the rows are narrowed to, None for all. `filled`: the tables of the vault that hold
    rows, None where that is not known; feeds whose first table holds none are left out.
    """

    county: County
    model: Model
    schema: str = "marts"
    as_of: exp.Expr | None = None
    keys: str | None = None
    filled: frozenset[str] | None = None

    def concept(self, name: str) -> str:
        """The SELECT of the mart of a concept: one row for each master."""
        of = relation(self.county, name)
        feeds = [each for each in self.model.feeds if each.concept == name and each.many is None]
        return self._merged(of, feeds, name)

    def group(self, name: str, many: str) -> str:
        """The SELECT of the mart of a multi-active group; rows whose concept has no row are left out."""
        of = relation(self.county, f"{name}.{many}")
        feeds = [each for each in self.model.feeds if each.concept == name and each.many == many]
        own = {*of.identity, *self.county.concepts[name].many[many].attributes}
        inner = Relation(
            of.table, name, {word: of.columns[word] for word in of.columns if word in own}, {}, of.identity, None
        )
        columns = ", ".join(f"{'own' if word in own else 'above'}.{quoted(word)}" for word in of.columns)
        above = f"{self.schema}.{quoted(name)} AS above"
        return f"SELECT {columns} FROM ({self._merged(inner, feeds, name)}) AS own JOIN {above} ON above.key = own.key"

    def _merged(self, of: Relation, feeds: list[Feed], concept: str) -> str:
        """All feeds as one: rows that are alone as they are, of others each attribute from the first that has it."""
        words = [quoted(each) for each in of.columns]
        feeds = [each for each in feeds if self.filled is None or each.tables[0].name in self.filled]
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
        # arg_min passes over null values, so that each attribute comes from the first feed that knows it
        first = ", ".join(
            f"fed.{word}" if word in identity else f"arg_min(fed.{word}, row(priority, feed, member)) AS {word}"
            for word in words
        )
        return (
            f"WITH fed AS ({' UNION ALL '.join(parts)}), "
            f"twice AS (SELECT {by} FROM fed GROUP BY {by} HAVING count(*) > 1) "
            f"SELECT {single} FROM fed ANTI JOIN twice ON {match} UNION ALL "
            f"SELECT {first} FROM fed SEMI JOIN twice ON {match} "
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
            joins.append((f"vault.{hub.name} AS hub", f"hub.{quoted(hub.key)} = {held['key']}"))
            held |= {each: f"hub.{quoted(each)}" for each in in_hub}
        return held, joins

    def _state(self, table: Versions) -> str:
        state = state_of(table, self.as_of)
        if self.keys is None:
            return state
        on = f"wanted.key = state.{quoted(table.key)}"
        return f"SELECT state.* FROM ({state}) AS state SEMI JOIN {self.keys} AS wanted ON {on}"
