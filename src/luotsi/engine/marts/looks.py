"""Looks in SQL: what rows learn from rows of another mart that share a reference with them.

Three shapes, from cheap to general. A look that asks nothing of the looking row is one grouped scan. One whose
window alone depends on it, and that takes `exists` or `latest`, is an ASOF join on the end of the window. The rest
are a grouped range join.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from luotsi.concepts.expressions import names, parse, type_of
from luotsi.concepts.records import Look
from luotsi.concepts.scope import looked_relation
from luotsi.engine.marts import windows
from luotsi.engine.marts.ranges import lies_in
from luotsi.engine.marts.relations import Relation, column, name, relation, resolver, step_named, table
from luotsi.engine.marts.steps import Ground, Steps, conjuncts, months, placed, unfolded, used
from luotsi.engine.marts.windows import Scan

AT, GIVEN = "moment", "given"


@dataclass(frozen=True)
class Looker:
    """The rows that look: the step that holds them, its concept, the types of its names, and what tells rows apart."""

    step: str
    concept: str
    columns: dict[str, str]
    identity: tuple[str, ...]
    of_period: dict[str, exp.Expr]
    """The names that follow from the period alone, over period_start and period_end; none but in a census."""
    every: int
    """How many months lie between two censuses."""
    few: bool
    """Whether the rows were thinned by what they look for, so that pairing them with others is cheap."""


class Looked:
    """One look, worked out: the other mart, what it reads of it, and its parts in SQL."""

    def __init__(self, ground: Ground, look: Look, looker: Looker) -> None:
        """Parses the parts of the look and types its value."""
        self.ground, self.look, self.looker = ground, look, looker
        self.other = relation(ground.county, looked_relation(look))
        self.where = conjuncts(parse(look.where)) if look.where else []
        self.value = parse(look.value) if look.value else exp.column("key")
        at = look.at or self.other.happens
        self.at = parse(at) if at else None
        self.bounds = {
            word: parse(text) for word, text in (("after", look.after), ("before", look.before)) if text is not None
        }
        self.types = resolver(ground.county, self.other, {}, looker.columns)

    @property
    def type(self) -> str:
        """The type of what the look gives."""
        match self.look.take:
            case "exists":
                return "boolean"
            case "count":
                return "integer"
            case "sum" | "mean":
                return "decimal"
            case _:
                return type_of(self.value, self.types)

    @property
    def alone(self) -> list[exp.Expr]:
        """The conditions that ask nothing of the looking row."""
        return [each for each in self.where if not any(found == "this" for _, found in used([each]))]

    @property
    def joined(self) -> list[exp.Expr]:
        """The conditions that compare the other row with the looking one."""
        return [each for each in self.where if any(found == "this" for _, found in used([each]))]

    def ends(self) -> tuple[exp.Expr, exp.Expr]:
        """The shared reference on the other row and on the looking row."""
        by = self.look.by
        return _end(self.ground, self.other.concept, by, self.look.of), _end(
            self.ground, self.looker.concept, by, "this"
        )

    def timed(self) -> tuple[Scan, exp.Expr]:
        """The other rows that have a moment, and the shared reference on the looking row."""
        theirs, ours = self.ends()
        assert self.at is not None
        at = self.sql(self.at)
        known = exp.not_(exp.Is(this=at.copy(), expression=exp.null()))
        return Scan(self.scan().where(known, copy=False), theirs, at), ours

    def of_period(self) -> dict[str, exp.Expr] | None:
        """The bounds over the period alone, None where they ask anything else or are not days."""
        given = self.looker.of_period
        if set(self.bounds) != {"after", "before"}:
            return None
        for bound in self.bounds.values():
            if any(where is not None or word not in given for word, where in names(bound)):
                return None
            if type_of(bound, lambda word, _: self.looker.columns.get(word)) != "date":
                return None
        return {word: self.ground.sql(unfolded(bound, given), placed) for word, bound in self.bounds.items()}

    def sql(self, tree: exp.Expr) -> exp.Expr:
        """An expression about the other row."""

        def place(node: exp.Column) -> exp.Expr:
            return column(node.name, node.table or self.look.of)

        made = self.ground.sql(tree, place, self.types)
        return exp.paren(made) if isinstance(made, exp.Or) else made

    def scan(self) -> exp.Select:
        """The other mart with the joins its parts use, and the conditions that hold for it alone."""
        ground, look = self.ground, self.look
        trees = [*self.where, self.value, *([self.at] if self.at else [])]
        select = exp.Select().from_(table(ground.schema, self.other.table, look.of), copy=False)
        for reference in sorted({found for _, found in used(trees) if found and found != "this"}):
            select = _hop(ground, select, self.other, look.of, reference)
        if ground.persons and look.by == "person":
            select = select.where(lies_in(self.ends()[0], ground.persons), copy=False)
        for each in self.alone:
            select = select.where(self.sql(each), copy=False)
        if look.take in ("first", "latest") and self.at is not None:
            select = select.where(exp.not_(exp.Is(this=self.sql(self.at), expression=exp.null())), copy=False)
        return select

    def reduced(self, value: exp.Expr, at: exp.Expr | None) -> exp.Expr:
        """The aggregate of `take`; of equal moments the higher value is taken, null values are passed over."""
        moment = at if at is not None else exp.null()
        match self.look.take:
            case "exists":
                return exp.true()
            case "count":
                return exp.Count(this=exp.Star() if self.look.value is None else value)
            case "latest":
                return _f("arg_max", value, _f("row", moment, value.copy()))
            case "first":
                # the earliest moment, and of equal moments the highest value
                order = _f("row", exp.Neg(this=_f("epoch_us", exp.cast(moment, exp.DType.TIMESTAMP))), value.copy())
                return _f("arg_max", value, order)
            case "mean":
                total = exp.Sum(this=exp.cast(value, _wide()))
                count = exp.Count(this=value.copy())
                return exp.Div(this=exp.cast(total, exp.DType.DOUBLE), expression=count)
            case "sum":
                return exp.Sum(this=exp.cast(value, _wide()))
            case _:
                return _f(self.look.take, value)


def add(steps: Steps, ground: Ground, word: str, look: Look, looker: Looker) -> tuple[str, str]:
    """Adds the steps of a look; gives the step that has the looking rows with the look's column, and its type."""
    looked = Looked(ground, look, looker)
    theirs, ours = looked.ends()
    if not looked.bounds and not looked.joined:
        given = looked.reduced(looked.sql(looked.value), _moment(looked))
        select = (
            looked.scan()
            .select(exp.alias_(theirs, "shared"), exp.alias_(given, GIVEN))
            .group_by(theirs.copy(), copy=False)
        )
        found = steps.add(f"look_{word}", select)
        on = exp.EQ(this=column("shared", found), expression=ours)
        return _joined(steps, looker, word, look, found, on), looked.type
    if look.take == "exists" and not looked.joined and looked.at is not None:
        if "after" not in looked.bounds:
            return _begun(steps, looked, word), looked.type
        if (bounds := looked.of_period()) is not None:
            return _met(steps, looked, word, bounds), looked.type
    summed = look.take in ("count", "sum", "mean") and not looked.joined and looked.at is not None
    if summed and not looker.few and (bounds := looked.of_period()) is not None:
        return _given(steps, looked, word, bounds), looked.type
    if look.take in ("exists", "latest") and "before" in looked.bounds and not looked.joined and looked.at is not None:
        return _asof(steps, looked, word), looked.type
    found = steps.add(f"look_{word}", _range(looked, ours, theirs))
    on = exp.and_(*(exp.EQ(this=column(each, found), expression=column(each, "this")) for each in looker.identity))
    return _joined(steps, looker, word, look, found, on), looked.type


def semi_join(ground: Ground, look: Look, looker: Looker, alias: str) -> exp.Expr:
    """A condition that every row for which the look finds something meets, cheap enough to ask of all rows."""
    looked = Looked(ground, look, looker)
    theirs, ours = looked.ends()
    inner = looked.scan().select(theirs).where(exp.not_(exp.Is(this=theirs.copy(), expression=exp.null())), copy=False)
    ours.set("table", exp.to_identifier(alias))
    return exp.In(this=ours, query=exp.Subquery(this=inner))


def _range(looked: Looked, ours: exp.Expr, theirs: exp.Expr) -> exp.Select:
    looker = looked.looker
    keys = [column(each, "this") for each in looker.identity]
    given = looked.reduced(looked.sql(looked.value), _moment(looked))
    on = [exp.EQ(this=theirs, expression=ours), *(looked.sql(each) for each in looked.joined)]
    at = _moment(looked)
    for word, bound in looked.bounds.items():
        made = looked.ground.sql(bound, lambda node: _this(placed(node)))
        if at is None:
            on.append(exp.false())
        else:
            kind = exp.GTE if word == "after" else exp.LT
            on.append(kind(this=_time(at.copy()), expression=_time(made)))
    select = looked.scan().select(*keys, exp.alias_(given, GIVEN))
    return select.join(
        exp.alias_(step_named(looker.step), "this", table=True), on=exp.and_(*on, copy=False), copy=False
    ).group_by(*(each.copy() for each in keys), copy=False)


def _begun(steps: Steps, looked: Looked, word: str) -> str:
    """Whether the first other row came before the window ends."""
    scan, ours = looked.timed()
    found = windows.first_moments(steps, word, scan)
    end = _time(looked.ground.sql(looked.bounds["before"], lambda node: _this(placed(node))))
    held = exp.LT(this=column(AT, found), expression=end)
    on = exp.EQ(this=column("shared", found), expression=ours)
    return _held(steps, looked, word, held, found, on)


def _met(steps: Steps, looked: Looked, word: str, bounds: dict[str, exp.Expr]) -> str:
    """Whether the month is one of those in whose window there is another row."""
    scan, ours = looked.timed()
    listed = months(looked.ground, looked.looker.every)
    found = windows.months_met(steps, word, scan, listed, bounds)
    end = "this.period_end"
    held: exp.Expr = exp.maybe_parse(
        f"{found}.bits & (CAST(1 AS BIGINT) << ({windows.bit(end)})) <> 0", dialect="duckdb"
    )
    on = exp.EQ(this=column("shared", found), expression=ours).and_(
        exp.maybe_parse(f"{found}.word = {windows.word(end)}", dialect="duckdb")
    )
    return _held(steps, looked, word, held, found, on)


def _given(steps: Steps, looked: Looked, word: str, bounds: dict[str, exp.Expr]) -> str:
    """What the other rows in the window of each period give."""
    scan, ours = looked.timed()
    value = looked.reduced(looked.sql(looked.value), scan.at)
    found = windows.given(steps, word, scan, months(looked.ground, looked.looker.every), bounds, value)
    on = exp.EQ(this=column("shared", found), expression=ours).and_(
        exp.EQ(this=column("period_end", found), expression=column("period_end", "this"))
    )
    return _joined(steps, looked.looker, word, looked.look, found, on)


def _held(steps: Steps, looked: Looked, word: str, held: exp.Expr, found: str, on: exp.Expr) -> str:
    """The looking rows with whether a condition about what they found holds."""
    given = exp.Coalesce(this=held, expressions=[exp.false()])
    this = exp.alias_(step_named(looked.looker.step), "this", table=True)
    select = exp.select(exp.column(exp.Star(), "this"), exp.alias_(given, name(word))).from_(this, copy=False)
    return steps.add(f"with_{word}", select.join(found, on=on, join_type="left", copy=False))


def _asof(steps: Steps, looked: Looked, word: str) -> str:
    """The last other row before the window ends, kept when the window has begun by then."""
    looker, look = looked.looker, looked.look
    theirs, ours = looked.ends()
    at = _moment(looked)
    assert at is not None
    value = looked.sql(looked.value)
    select = looked.scan().select(
        exp.alias_(theirs, "shared"), exp.alias_(_time(at), AT), exp.alias_(_f("max", value), GIVEN)
    )
    if look.take == "latest":
        select = select.where(exp.not_(exp.Is(this=value.copy(), expression=exp.null())), copy=False)
    select = select.where(exp.not_(exp.Is(this=at.copy(), expression=exp.null())), copy=False)
    found = steps.add(f"look_{word}", select.group_by(theirs.copy(), _time(at.copy()), copy=False))
    bounds = {
        each: _time(looked.ground.sql(bound, lambda node: _this(placed(node)))) for each, bound in looked.bounds.items()
    }
    held: exp.Expr = exp.not_(exp.Is(this=column(AT, found), expression=exp.null()))
    if "after" in bounds:
        held = exp.GTE(this=column(AT, found), expression=bounds["after"])
    given = exp.Coalesce(this=held, expressions=[exp.false()])
    made = given if look.take == "exists" else exp.case().when(held, column(GIVEN, found))
    on = exp.EQ(this=ours, expression=column("shared", found)).and_(
        exp.GT(this=bounds["before"], expression=column(AT, found))
    )
    this = exp.alias_(step_named(looker.step), "this", table=True)
    join = exp.Join(this=exp.to_table(found), side="LEFT", method="ASOF", on=on)
    joined = exp.select(exp.column(exp.Star(), "this"), exp.alias_(made, name(word))).from_(this, copy=False)
    joined.append("joins", join)
    return steps.add(f"with_{word}", joined)


def _joined(steps: Steps, looker: Looker, word: str, look: Look, found: str, on: exp.Expr) -> str:
    given: exp.Expr = column(GIVEN, found)
    if look.take in ("exists", "count"):
        nothing = exp.false() if look.take == "exists" else exp.Literal.number(0)
        given = exp.Coalesce(this=given, expressions=[nothing])
    this = exp.alias_(step_named(looker.step), "this", table=True)
    select = exp.select(exp.column(exp.Star(), "this"), exp.alias_(given, name(word))).from_(this, copy=False)
    return steps.add(f"with_{word}", select.join(found, on=on, join_type="left", copy=False))


def _end(ground: Ground, concept: str, by: str, alias: str) -> exp.Column:
    return column(by if by in ground.county.concepts[concept].attributes else "key", alias)


def _hop(ground: Ground, select: exp.Select, of: Relation, alias: str, reference: str) -> exp.Select:
    target = table(ground.schema, relation(ground.county, of.refers[reference]).table, reference)
    on = exp.EQ(this=column("key", reference), expression=column(reference, alias))
    return select.join(target, on=on, join_type="left", copy=False)


def _moment(looked: Looked) -> exp.Expr | None:
    return None if looked.at is None else looked.sql(looked.at)


def _this(made: exp.Expr) -> exp.Expr:
    made.set("table", exp.to_identifier("this"))
    return made


def _time(made: exp.Expr) -> exp.Expr:
    return exp.cast(made, exp.DType.TIMESTAMP)


def _wide() -> exp.DataType:
    return exp.DataType.build("DECIMAL(24, 6)", dialect="duckdb")


def _f(word: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=word, expressions=list(arguments))
