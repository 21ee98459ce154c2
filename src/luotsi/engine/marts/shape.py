"""The query of one mart: every feed's state in the shape of the concept, feeds that meet on a key merged.

References and keys are resolved to masters through the temporary tables of `same`. When the query is run stands
in `refresh`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from luotsi.concepts.reading import County
from luotsi.engine.marts.relations import SQL_TYPES, Relation, relation
from luotsi.engine.marts.same import linked, same_table
from luotsi.engine.marts.steps import quoted, select
from luotsi.engine.vault.model import Feed, Model, Versions
from luotsi.engine.vault.state import state_of


@dataclass(frozen=True)
class Shaper:
    """Builds the queries of marts. `keys`: a table (key) that the rows are narrowed to, None for all."""

    county: County
    model: Model
    schema: str = "marts"
    as_of: exp.Expr | None = None
    keys: str | None = None

    def concept(self, name: str) -> exp.Query:
        """The mart of a concept: one row for each master."""
        of = relation(self.county, name)
        feeds = [each for each in self.model.feeds if each.concept == name and each.many is None]
        return self._merged(of, feeds, name)

    def group(self, name: str, many: str) -> exp.Query:
        """The mart of a multi-active group; rows whose concept has no row are left out."""
        of = relation(self.county, f"{name}.{many}")
        feeds = [each for each in self.model.feeds if each.concept == name and each.many == many]
        own = {*of.identity, *self.county.concepts[name].many[many].attributes}
        inner = Relation(
            of.table, name, {word: of.columns[word] for word in of.columns if word in own}, {}, of.identity, None
        )
        rows = self._merged(inner, feeds, name).subquery("own")
        columns = [f"{'own' if word in own else 'above'}.{quoted(word)}" for word in of.columns]
        return select(*columns).from_(rows).join(f"{self.schema}.{quoted(name)} AS above", on="above.key = own.key")

    def _merged(self, of: Relation, feeds: list[Feed], concept: str) -> exp.Query:
        """All feeds as one: rows that are alone as they are, of others each attribute from the first that has it."""
        words = [quoted(each) for each in of.columns]
        if not feeds:
            typed = [f"CAST(NULL AS {SQL_TYPES[kind]}) AS {quoted(word)}" for word, kind in of.columns.items()]
            return select(*typed).where("FALSE")
        alone = len(feeds) == 1 and not linked(self.model, concept)
        parts = [self._feed(of, feed, concept) for feed in feeds]
        if alone:
            return select(*words).from_(parts[0].subquery("fed"))
        fed = exp.union(*parts, distinct=False) if len(parts) > 1 else parts[0]
        identity = [quoted(each) for each in of.identity]
        twice = select(*identity).from_("fed").group_by(*identity).having("count(*) > 1")
        match = " AND ".join(f"fed.{each} IS NOT DISTINCT FROM twice.{each}" for each in identity)
        single = select(*(f"fed.{each}" for each in words)).from_("fed").join("twice", on=match, join_type="ANTI")
        # arg_min passes over null values, so that each attribute comes from the first feed that knows it
        first = [
            f"fed.{word}" if word in identity else f"arg_min(fed.{word}, row(priority, feed, member)) AS {word}"
            for word in words
        ]
        several = (
            select(*first)
            .from_("fed")
            .join("twice", on=match, join_type="SEMI")
            .group_by(*(f"fed.{each}" for each in identity))
        )
        return exp.union(single, several, distinct=False).with_("fed", as_=fed).with_("twice", as_=twice)

    def _feed(self, of: Relation, feed: Feed, concept: str) -> exp.Select:
        """The state of one feed in the shape of its mart, with priority, feed and member (the key as sent)."""
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
        columns = [
            f"CAST({held.get(word, 'NULL')} AS {SQL_TYPES[kind]}) AS {quoted(word)}"
            for word, kind in of.columns.items()
        ]
        priority = self.county.sources[feed.source].priority
        query = select(*columns, f"{priority} AS priority", f"'{feed.name}' AS feed", f"{member} AS member")
        query = query.from_(self._state(feed.tables[0]).subquery("t0"))
        for table in feed.tables[1:]:
            alias = places[table.name]
            on = " AND ".join(
                f"{alias}.{quoted(each.name)} IS NOT DISTINCT FROM t0.{quoted(each.name)}"
                if place
                else f"{alias}.{quoted(each.name)} = t0.{quoted(each.name)}"
                for place, each in enumerate(table.keys)
            )
            query = query.join(self._state(table).subquery(alias), on=on, join_type="LEFT", dialect="duckdb")
        for target, on in joins:
            query = query.join(target, on=on, join_type="LEFT", dialect="duckdb")
        return query

    def _state(self, table: Versions) -> exp.Select:
        state = state_of(table, self.as_of)
        if self.keys is None:
            return state
        on = f"wanted.key = state.{quoted(table.key)}"
        return select("state.*").from_(state.subquery("state")).join(f"{self.keys} AS wanted", on=on, join_type="SEMI")
