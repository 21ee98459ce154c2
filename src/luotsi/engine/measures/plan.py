"""What is to be computed, and which of it shares one pass over the marts. Writes no SQL.

Measures that add up over months (share, ratio, count, sum, mean) and call no method share a pass: those that look at
nothing the scan of their mart, those that look the rows they agree on before their looks, and the looks they have
alike. Of the others those with the very same rows share them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlglot import exp

from luotsi.concepts.expressions import names, parse
from luotsi.concepts.methods import METHODS
from luotsi.concepts.reading import County
from luotsi.concepts.records import Grain, Look, Measure, Per, Rows
from luotsi.engine.marts.steps import conjuncts

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
        shared.setdefault(_alike(each), []).append(each)
    return [_pass(group) for group in shared.values()]


def _alike(asked: Asked) -> str:
    """What numbers have in common that share a pass."""
    rows = asked.rows
    if not asked.adds_up or rows.method is not None:
        return f"{asked.adds_up} {asked.result == 'distinct'} {rows.model_dump_json()}"
    census = min(MONTHS[grain] for grain in asked.grains) if rows.each == "period_end" else None
    sure = sorted(each.sql() for each in _conditions(rows) if _sure(rows, each)) if rows.look else None
    return f"{rows.rows} {rows.at} {census} {sure}"


def _conditions(rows: Rows) -> list[exp.Expr]:
    return conjuncts(parse(rows.where)) if rows.where else []


def _sure(rows: Rows, condition: exp.Expr) -> bool:
    """Whether a condition thins rows before they look: it asks no look, or only whether looks find anything."""
    asked = {word for word, table in names(condition) if table is None}
    looked, later = asked & set(rows.look), asked & set(rows.then)
    return not later and (not looked or (looked == asked and all(rows.look[each].take == "exists" for each in looked)))


def _pass(group: list[Asked]) -> Pass:
    """One pass for numbers of a kind; those of the very same rows let the rows themselves ask the condition."""
    same = len({each.rows.model_dump_json() for each in group}) == 1
    return Pass(group[0].rows, tuple(group)) if same else _merged(group)


def _merged(group: list[Asked]) -> Pass:
    """One pass for numbers whose rows differ in `let`, `look`, `then` and `where`: each keeps its own condition.

    What all ask of their rows is asked of the rows of the pass.
    """
    first = group[0].rows
    known: dict[str, str | Look] = {}
    own = [_names(known, each.rows) for each in group]
    asked = [
        [_and(renamed(condition, words)) for condition in _conditions(each.rows)]
        for each, words in zip(group, own, strict=True)
    ]
    where = [each for each in asked[0] if all(each in others for others in asked)]
    made: list[Asked] = []
    for each, words, conditions in zip(group, own, asked, strict=True):
        alone = None
        if rest := [condition for condition in conditions if condition not in where]:
            # a name of its own, so that it is worked out once for all that is counted where it holds
            alone = exp.column(_known(known, f"in_{each.name}", " AND ".join(rest)))
        denominator = renamed(each.denominator, words) if each.denominator is not None else None
        made.append(replace(each, numerator=renamed(each.numerator, words), denominator=denominator, where=alone))
    look = {name: meant for name, meant in known.items() if isinstance(meant, Look)}
    wanted = [each.where.sql() for each in made if each.where is not None]
    if look and len(wanted) == len(made):
        where.append(f"({' OR '.join(wanted)})")
    let = {name: meant for name, meant in known.items() if isinstance(meant, str)}
    rows = Rows(rows=first.rows, each=first.each, at=first.at, let=let, look=look, where=" AND ".join(where) or None)
    return Pass(rows, tuple(made))


def _names(known: dict[str, str | Look], rows: Rows) -> dict[str, str]:
    """The names under which a pass knows what some rows name; adds what it does not know yet."""
    own: dict[str, str] = {}
    for name, text in rows.let.items():
        own[name] = _known(known, name, renamed(parse(text), own).sql())
    for name, look in rows.look.items():
        own[name] = _known(known, name, _looking(look, own))
    for name, text in rows.then.items():
        own[name] = _known(known, name, renamed(parse(text), own).sql())
    return own


def _known(known: dict[str, str | Look], name: str, meant: str | Look) -> str:
    """The name under which a pass knows an expression or a look: its own, or a numbered one when that means another."""
    wanted, place = name, 1
    while known.get(wanted, meant) != meant:
        place += 1
        wanted = f"{name}_{place}"
    known[wanted] = meant
    return wanted


def _looking(look: Look, words: dict[str, str]) -> Look:
    """A look with some of the names of the row that looks replaced."""
    said = {"after": "", "before": "", "where": "this", "value": "this", "at": "this"}
    texts = {field: getattr(look, field) for field in said}
    changed = {
        field: renamed(parse(text), words, said[field]).sql() for field, text in texts.items() if text is not None
    }
    return look.model_copy(update=changed)


def _and(condition: exp.Expr) -> str:
    """A condition as it can stand between others that must all hold."""
    return f"({condition.sql()})" if isinstance(condition, exp.Or) else condition.sql()


def renamed(tree: exp.Expr, words: dict[str, str], table: str = "") -> exp.Expr:
    """An expression with some of its names replaced: plain ones, or those of `table`."""

    def rename(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and node.table == table and node.name in words:
            return exp.column(words[node.name], table or None)
        return node

    return tree.transform(rename)
