"""A query as named steps, each a SELECT over those before it. Knows no concept: `rows` and `looks` fill it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from sqlglot import exp

from luotsi.concepts.expressions import Names, names
from luotsi.concepts.reading import County
from luotsi.engine.duck.expressions import Bands, to_sql
from luotsi.engine.marts.ranges import Range
from luotsi.engine.marts.relations import column, step_named


@dataclass
class Steps:
    """Named SELECTs in order; written as the WITH of a query."""

    made: dict[str, exp.Query] = field(default_factory=dict[str, exp.Query])

    def add(self, wanted: str, select: exp.Query) -> str:
        """Adds a step and gives its name: the wanted one, numbered when it is taken."""
        name, place = wanted, 1
        while name in self.made:
            place += 1
            name = f"{wanted}_{place}"
        self.made[name] = select
        return name

    def finished(self, select: exp.Query) -> exp.Query:
        """The query: the steps, then `select`."""
        query = select.copy()
        for name, step in self.made.items():
            query = query.with_(exp.TableAlias(this=exp.to_identifier(name)), as_=step, copy=False)
        return query


@dataclass(frozen=True)
class Ground:
    """What every query of one computing rests on: content, where the marts are, and the months asked for.

    `persons` narrows the rows to those of persons whose key lies in a range (None: all).
    """

    county: County
    schema: str = "marts"
    first_month: exp.Expr = field(default_factory=lambda: exp.Placeholder(this="first_month"))
    last_month: exp.Expr = field(default_factory=lambda: exp.Placeholder(this="last_month"))
    persons: Range | None = None

    @property
    def calendar(self) -> str:
        """The calendar's table."""
        return f"{self.schema}.calendar"

    @property
    def bands(self) -> Bands:
        """The bands of code list age_group: code, lowest and highest age."""
        if "age_group" not in self.county.codes:
            return ()
        rows = self.county.codes["age_group"].rows
        return [(code, int(row["lower"]), int(row["upper"]) if row["upper"] else None) for code, row in rows.items()]

    def sql(self, tree: exp.Expr, place: Callable[[exp.Column], exp.Expr], types: Names | None = None) -> exp.Expr:
        """A county expression in SQL, names placed by `place`."""
        return to_sql(tree, place, bands=self.bands, calendar=self.calendar, types=types)


def flat(word: str, table: str | None) -> str:
    """The column of a step that holds a name: `x`, or `person__birth_date` for one hop."""
    return f"{table}__{word}" if table else word


def placed(node: exp.Column) -> exp.Expr:
    """A name as the column of the step that is read."""
    return column(flat(node.name, node.table or None))


def used(trees: Iterable[exp.Expr]) -> list[tuple[str, str | None]]:
    """Every (name, table) that some expressions read, sorted."""
    return sorted({each for tree in trees for each in names(tree)}, key=lambda each: (each[1] or "", each[0]))


def selected(parts: Mapping[str, exp.Expr], before: str) -> exp.Select:
    """A step that adds named columns to the one before it."""
    added = [exp.alias_(each, word, quoted=column(word).this.quoted) for word, each in parts.items()]
    return exp.select(exp.Star(), *added, copy=False).from_(step_named(before))


def select(*columns: str) -> exp.Select:
    """A SELECT of columns written as DuckDB's SQL."""
    return exp.select(*columns, dialect="duckdb")


@cache
def quoted(word: str) -> str:
    """A name as SQL text, in quotes."""
    return exp.to_identifier(word, quoted=True).sql("duckdb")


def conjuncts(tree: exp.Expr) -> list[exp.Expr]:
    """The parts of a condition that must all hold."""
    while isinstance(tree, exp.Paren):
        tree = tree.this
    return [*conjuncts(tree.left), *conjuncts(tree.right)] if isinstance(tree, exp.And) else [tree]


def unfolded(tree: exp.Expr, meanings: Mapping[str, exp.Expr]) -> exp.Expr:
    """An expression with names replaced by what they stand for."""

    def unfold(node: exp.Expr) -> exp.Expr:
        found = meanings.get(node.name) if isinstance(node, exp.Column) and not node.table else None
        return node if found is None else found.copy() if isinstance(found, exp.Column) else exp.paren(found)

    return tree.transform(unfold)


def months(ground: Ground, every: int = 1) -> exp.Select:
    """The first day of every month asked for (that `every` divides), as column `month`."""
    first, last = (
        exp.cast(ground.first_month.copy(), exp.DType.TIMESTAMP),
        exp.cast(ground.last_month.copy(), exp.DType.TIMESTAMP),
    )
    step = exp.Interval(this=exp.Literal.string("1"), unit=exp.var("month"))
    series = exp.Anonymous(this="generate_series", expressions=[first, last, step])
    listed = exp.Anonymous(this="unnest", expressions=[series])
    found = exp.select(exp.alias_(exp.cast(listed, exp.DType.DATE), "month"))
    if every == 1:
        return found
    return (
        exp.select("month")
        .from_(found.subquery("months", copy=False), copy=False)
        .where(f"month(month) % {every} = 0", dialect="duckdb", copy=False)
    )
