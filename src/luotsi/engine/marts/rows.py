"""Chooses rows: a mart with one-hop references, `let`, looks, `then` and `where`, as steps of SQL.

Conditions are asked as early as their names are known, and looks are taken in the order that lets conditions
thin the rows before the next look. What is counted of the rows stands in `measures` and `segments`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlglot import exp

from luotsi.concepts.expressions import names, parse, type_of
from luotsi.concepts.records import Look, Rows
from luotsi.engine.marts import looks
from luotsi.engine.marts.looks import Looker
from luotsi.engine.marts.ranges import lies_in
from luotsi.engine.marts.relations import Relation, column, relation, resolver, step_named, table
from luotsi.engine.marts.steps import Ground, Steps, conjuncts, flat, months, placed, selected, unfolded, used

PERIOD = {"period_start": "date", "period_end": "date"}


@dataclass
class Chosen:
    """The rows chosen so far: the step that holds them and the type of every name it knows."""

    ground: Ground
    relation: Relation
    steps: Steps
    step: str
    identity: tuple[str, ...]
    more: dict[str, str] = field(default_factory=dict[str, str])

    def types(self, name: str, table: str | None) -> str | None:
        """The type of a name (`expressions.Names`)."""
        return resolver(self.ground.county, self.relation, self.more)(name, table)

    def sql(self, tree: exp.Expr) -> exp.Expr:
        """An expression about a chosen row, in SQL."""
        return self.ground.sql(tree, placed, self.types)

    def add(self, wanted: str, select: exp.Query) -> None:
        """Goes on from a further step."""
        self.step = self.steps.add(wanted, select)

    def name(self, wanted: str, parts: dict[str, exp.Expr]) -> None:
        """Adds named expressions."""
        types = {word: type_of(tree, self.types) for word, tree in parts.items()}
        self.add(wanted, selected({word: self.sql(tree) for word, tree in parts.items()}, self.step))
        self.more.update(types)


def choose(ground: Ground, steps: Steps, rows: Rows, later: Iterable[exp.Expr] = (), *, every: int = 1) -> Chosen:
    """The chosen rows of `rows`, before its method; `later` are expressions that will still be asked of them.

    A census is taken at the end of every month that `every` divides (3: of each quarter).
    """
    of = relation(ground.county, rows.rows)
    named = {word: parse(text) for word, text in {**rows.let, **rows.then}.items()}
    where = conjuncts(parse(rows.where)) if rows.where else []
    plan = _Plan(ground, steps, rows, of, named, where, list(later), every)
    return plan.run()


class _Plan:
    """Works through what is still to do until nothing is left."""

    def __init__(
        self,
        ground: Ground,
        steps: Steps,
        rows: Rows,
        of: Relation,
        named: dict[str, exp.Expr],
        where: list[exp.Expr],
        later: list[exp.Expr],
        every: int,
    ) -> None:
        self.ground, self.rows, self.named, self.where = ground, rows, dict(named), where
        self.definitions, self.looks = named, dict(rows.look)
        identity = (*of.identity, *(("period_end",) if rows.each == "period_end" else ()))
        self.chosen = Chosen(ground, of, steps, "", identity)
        self.later, self.every, self.few = later, every, False

    def run(self) -> Chosen:
        """All steps in order."""
        self._first()
        if self.rows.each == "period_end":
            self._census()
        while True:
            self._name()
            if not self.looks:
                break
            self._filter()
            self._look(self._next())
        self._filter()
        return self.chosen

    def _read(self) -> list[exp.Expr]:
        """Every expression about the row itself."""
        texts = [*([self.rows.at] if self.rows.at else [])]
        texts += self.rows.method.arguments.values() if self.rows.method else []
        found = [*self.definitions.values(), *self.where, *self.later, *(parse(text) for text in texts)]
        for look in self.looks.values():
            found += [parse(text) for text in (look.after, look.before) if text is not None]
            this = [parse(text) for text in (look.where, look.value) if text is not None]
            found += [exp.column(word) for word, where in used(this) if where == "this"]
            found.append(exp.column(look.by if look.by in self.chosen.relation.columns else "key"))
        return found

    def _first(self) -> None:
        """The mart with the columns and references that are used, and the conditions that can be asked there."""
        of, alias = self.chosen.relation, self.rows.rows.partition(".")[0]
        read = used(self._read())
        held = {word for word, where in read if where is None and word in of.columns} | set(of.identity)
        held |= {word for word in ("person", "month", of.happens) if word in of.columns}
        hops = [(word, where) for word, where in read if where is not None]
        select = exp.select(
            *(column(word, alias) for word in of.columns if word in held),
            *(exp.alias_(column(word, where), flat(word, where)) for word, where in hops),
        ).from_(table(self.ground.schema, of.table, alias), copy=False)
        for reference in sorted({where for _, where in hops}):
            target = table(self.ground.schema, relation(self.ground.county, of.refers[reference]).table, reference)
            on = exp.EQ(this=column("key", reference), expression=column(reference, alias))
            select = select.join(target, on=on, join_type="left", copy=False)
        if self.ground.persons:
            person = column("key" if of.concept == "person" else "person", alias)
            select = select.where(lies_in(person, self.ground.persons), copy=False)
        for each in self._ready():
            select = select.where(
                self.ground.sql(each, lambda node: column(node.name, node.table or alias), self.chosen.types),
                copy=False,
            )
        needed = self._needed(alias)
        self.few = bool(needed)
        for each in needed:
            select = select.where(each, copy=False)
        self.chosen.add(self.rows.rows.replace(".", "_"), select)

    def _needed(self, alias: str) -> list[exp.Expr]:
        """Conditions implied by looks that `where` wants to find something; they thin the rows before any look."""
        found: list[exp.Expr] = []
        for each in self.where:
            made = self._implied(each, alias)
            if made is not None:
                found.append(made)
        return found

    def _implied(self, tree: exp.Expr, alias: str) -> exp.Expr | None:
        """A condition that holds wherever `tree` is true, of semi-joins alone; None when there is none."""
        match tree:
            case exp.Paren():
                return self._implied(tree.this, alias)
            case exp.Or():
                sides = [self._implied(tree.left, alias), self._implied(tree.right, alias)]
                return exp.paren(exp.or_(*sides)) if None not in sides else None
            case exp.And():
                sides = [
                    each
                    for each in (self._implied(tree.left, alias), self._implied(tree.right, alias))
                    if each is not None
                ]
                return exp.paren(exp.and_(*sides)) if sides else None
            case exp.Column() if not tree.table and tree.name in self.rows.look:
                look = self.rows.look[tree.name]
                return looks.semi_join(self.ground, look, self._looker(), alias) if look.take == "exists" else None
            case exp.Column() if not tree.table and tree.name in self.definitions:
                return self._implied(self.definitions[tree.name], alias)
            case _:
                return None

    def _census(self) -> None:
        """Every row once at the end of each month."""
        end = exp.Anonymous(this="last_day", expressions=[column("month", "months")])
        select = (
            exp.select(
                exp.column(exp.Star(), self.chosen.step),
                exp.alias_(column("month", "months"), "period_start"),
                exp.alias_(exp.cast(end, exp.DType.DATE), "period_end"),
            )
            .from_(step_named(self.chosen.step), copy=False)
            .join(
                exp.Subquery(this=months(self.ground, self.every), alias=exp.TableAlias(this=name_of("months"))),
                join_type="cross",
                copy=False,
            )
        )
        self.chosen.add("census", select)
        self.chosen.more.update(PERIOD)

    def _known(self, tree: exp.Expr) -> bool:
        """Whether every name of an expression is already there."""
        waiting = set(self.named) | set(self.looks)
        if "period_end" not in self.chosen.more and self.rows.each == "period_end":
            waiting |= set(PERIOD)
        return not any(where is None and word in waiting for word, where in names(tree))

    def _ready(self) -> list[exp.Expr]:
        """Takes the conditions that can be asked now."""
        found = [each for each in self.where if self._known(each)]
        self.where = [each for each in self.where if not self._known(each)]
        return found

    def _filter(self) -> None:
        ready = self._ready()
        if ready:
            select = exp.select(exp.Star()).from_(step_named(self.chosen.step), copy=False)
            for each in ready:
                select = select.where(self.chosen.sql(each), copy=False)
            self.chosen.add("kept", select)

    def _name(self) -> None:
        while ready := {word: tree for word, tree in self.named.items() if self._known(tree)}:
            self.chosen.name("named", ready)
            for word in ready:
                del self.named[word]

    def _look(self, word: str) -> None:
        look = self.looks.pop(word)
        step, kind = looks.add(self.chosen.steps, self.ground, word, look, self._looker())
        self.chosen.step, self.chosen.more[word] = step, kind

    def _looker(self) -> Looker:
        chosen = self.chosen
        columns = {**chosen.relation.columns, **chosen.more}
        of_period = self._of_period()
        concept = chosen.relation.concept
        return Looker(chosen.step, concept, columns, chosen.identity, of_period, self.every, self.few)

    def _of_period(self) -> dict[str, exp.Expr]:
        """The names of a census that follow from the period alone, over its start and end."""
        if self.rows.each != "period_end":
            return {}
        found: dict[str, exp.Expr] = {word: exp.column(word) for word in PERIOD}
        while more := {
            word: unfolded(tree, found)
            for word, tree in self.definitions.items()
            if word not in found and all(where is None and each in found for each, where in names(tree))
        }:
            found.update(more)
        return found

    def _next(self) -> str:
        """The look to take now: of the condition that wants the fewest, else the first whose window is known."""
        able = [word for word, look in self.looks.items() if self._sees(look)]
        wanted = sorted((found for each in self.where if (found := self._wants(each))), key=len)
        for found in wanted:
            for word in able:
                if word in found:
                    return word
        return able[0]

    def _sees(self, look: Look) -> bool:
        texts = [text for text in (look.after, look.before) if text is not None]
        return all(self._known(parse(text)) for text in texts)

    def _wants(self, tree: exp.Expr) -> set[str]:
        found: set[str] = set()
        for word, where in names(tree):
            if where is None and word in self.looks:
                found.add(word)
            elif where is None and word in self.named:
                found |= self._wants(self.named[word])
        return found


def name_of(word: str) -> exp.Identifier:
    """An identifier."""
    return exp.to_identifier(word)
