"""What is to be computed, and which of it shares one pass over the marts. Writes no SQL.

Measures that add up over months (share, ratio, count, sum, mean), look at nothing and call no method share one
scan of their mart; of the others those with the very same rows share them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlglot import exp

from luotsi.concepts.expressions import parse
from luotsi.concepts.methods import METHODS
from luotsi.concepts.reading import County
from luotsi.concepts.records import Grain, Measure, Per, Rows

ADDITIVE = ("share", "ratio", "count", "sum", "mean")
MONTHS: dict[Grain, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Asked:
    """A number asked for: of a measure, or of the denominator that stands in its `per`."""

    name: str
    rows: Rows
    result: str
    numerator: exp.Expr
    denominator: exp.Expr | None
    sets: tuple[tuple[str, ...], ...]
    """Groupings: () the total, ('unit',), ('age_group', 'sex'), names in alphabetical order."""
    grains: tuple[Grain, ...]
    where: exp.Expr | None = None
    """The condition a pass asks for this number alone, when its rows are shared with others."""

    @property
    def adds_up(self) -> bool:
        """Whether months can be added up to quarters and years, so that cells of months are enough."""
        method = self.rows.method
        return self.result in ADDITIVE and (method is None or METHODS[method.name].within == "all")

    @property
    def dimensions(self) -> list[str]:
        """Every dimension that some grouping uses."""
        return sorted({name for names in self.sets for name in names})


@dataclass(frozen=True)
class Pass:
    """Numbers that are computed from the same chosen rows."""

    rows: Rows
    asked: tuple[Asked, ...]

    @property
    def dimensions(self) -> list[str]:
        """Every dimension that some number of the pass uses."""
        return sorted({name for each in self.asked for name in each.dimensions})

    @property
    def sets(self) -> list[tuple[str, ...]]:
        """Every grouping of the pass, the total first."""
        return sorted({names for each in self.asked for names in each.sets}, key=lambda names: (len(names), names))


def of_measure(measure: Measure) -> Asked:
    """What a measure asks for."""
    pairs = sorted({(min(pair), max(pair)) for pair in measure.pairs})
    sets: list[tuple[str, ...]] = [(), *((name,) for name in sorted(set(measure.dimensions))), *pairs]
    return Asked(
        measure.measure,
        plain_rows(measure),
        measure.result,
        parse(measure.numerator),
        parse(measure.denominator) if measure.denominator else None,
        tuple(sets),
        measure.periods,
    )


def of_per(county: County, measure: Measure, per: Per) -> Asked:
    """The denominator of a measure that has rows of its own, for the dimensions and periods it shares."""
    known = county.concepts[per.rows.partition(".")[0]].dimensions
    sets = {tuple(name for name in names if name in known) for names in of_measure(measure).sets}
    wanted = {coarser(grain, per.grain) for grain in measure.periods}
    grains: list[Grain] = [grain for grain in MONTHS if grain in wanted]
    name = f"{measure.measure}_per"
    return Asked(name, plain_rows(per), "sum", parse(per.sum), None, tuple(sorted(sets)), tuple(grains))


def coarser(one: Grain, other: Grain) -> Grain:
    """The longer of two grains."""
    return one if MONTHS[one] >= MONTHS[other] else other


def plain_rows(rows: Rows) -> Rows:
    """The rows a record speaks of, without what is measured of them."""
    return Rows(**{field: getattr(rows, field) for field in Rows.model_fields})


def passes(asked: Iterable[Asked]) -> list[Pass]:
    """The passes that compute some numbers, each number in one of them."""
    shared: dict[str, list[Asked]] = {}
    for each in asked:
        plain = each.adds_up and each.rows.each == "row" and not each.rows.look and each.rows.method is None
        alone = f"{each.adds_up} {each.result == 'distinct'} {each.rows.model_dump_json()}"
        key = f"{each.rows.rows} {each.rows.at}" if plain else alone
        shared.setdefault(key, []).append(each)
    return [_pass(group) for group in shared.values()]


def _pass(group: list[Asked]) -> Pass:
    """One pass for numbers of a kind; those of the very same rows let the rows themselves ask the condition."""
    same = len({each.rows.model_dump_json() for each in group}) == 1
    return Pass(group[0].rows, tuple(group)) if same else _merged(group)


def _merged(group: list[Asked]) -> Pass:
    """One pass for numbers whose rows differ in `let`, `then` and `where`: each keeps its own condition."""
    first = group[0].rows
    let: dict[str, str] = {}
    made: list[Asked] = []
    for each in group:
        own: dict[str, str] = {}
        for name, text in {**each.rows.let, **each.rows.then}.items():
            own[name] = _let(let, name, renamed(parse(text), own).sql())
        where = None
        if each.rows.where:  # a name of its own, so that it is worked out once for all that is counted where it holds
            where = exp.column(_let(let, f"in_{each.name}", renamed(parse(each.rows.where), own).sql()))
        denominator = renamed(each.denominator, own) if each.denominator is not None else None
        made.append(replace(each, numerator=renamed(each.numerator, own), denominator=denominator, where=where))
    return Pass(Rows(rows=first.rows, at=first.at, let=let), tuple(made))


def _let(let: dict[str, str], name: str, text: str) -> str:
    """The name under which the pass knows an expression: its own, or a numbered one when that means another."""
    wanted, place = name, 1
    while let.get(wanted, text) != text:
        place += 1
        wanted = f"{name}_{place}"
    let[wanted] = text
    return wanted


def renamed(tree: exp.Expr, names: dict[str, str]) -> exp.Expr:
    """An expression with some of its names replaced."""

    def rename(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and not node.table and node.name in names:
            return exp.column(names[node.name])
        return node

    return tree.transform(rename)
