"""Numbers that add up over months: one scan to cells of month, dimensions and a pattern of true conditions.

Every condition of a pass (chosen, numerator, denominator of each measure) is one bit of `pattern`, so that a row
is counted once whatever the number of measures. Dimensions are split into bundles whose cells stay few; groups,
quarters and years are added up from cells. Sums are of DECIMAL(24, 6), thus exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from luotsi.concepts.expressions import type_of
from luotsi.concepts.reading import County
from luotsi.engine.marts.relations import column, name, step_named
from luotsi.engine.marts.rows import Chosen
from luotsi.engine.measures.groups import SEGMENT, label, set_name, shown
from luotsi.engine.measures.plan import Asked, Pass

WORD = 60
"""Bits in one pattern column."""
CELLS = 2_000
"""How many combinations of dimension values a bundle may have at most, by a rough count."""
ROUGH = {"unit": 100, "municipality": 25, "age_group": 12, "sex": 4, SEGMENT: 10, "profession": 15}


@dataclass
class Tally:
    """The columns that the cells of a pass count: conditions as bits, numbers as sums with their counts."""

    conditions: dict[str, tuple[int, exp.Expr]] = field(default_factory=dict[str, tuple[int, exp.Expr]])
    sums: dict[str, tuple[int, exp.Expr]] = field(default_factory=dict[str, tuple[int, exp.Expr]])

    def count(self, condition: exp.Expr | None) -> exp.Expr:
        """The number of rows for which a condition holds, asked of the months."""
        if condition is None:
            return total(column("rows"))
        place, _ = self.conditions.setdefault(condition.sql(), (len(self.conditions), condition))
        return total(column(f"true_{place}"))

    def sum(self, number: exp.Expr, condition: exp.Expr | None) -> tuple[exp.Expr, exp.Expr]:
        """The sum of a number where a condition holds, and how many numbers it is of, asked of the months."""
        asked = number if condition is None else exp.case().when(condition.copy(), number.copy())
        place, _ = self.sums.setdefault(asked.sql(), (len(self.sums), asked))
        return total(column(f"sum_{place}")), total(column(f"count_{place}"))

    def monthly(self) -> list[exp.Expr]:
        """The counts of every condition and the sums, as columns over patterns."""
        made: list[exp.Expr] = [exp.alias_(exp.Sum(this=column("rows")), name("rows"))]
        for place in range(len(self.conditions)):
            word, bit = divmod(place, WORD)
            masked = exp.BitwiseAnd(this=column(pattern(word)), expression=exp.Literal.number(1 << bit))
            held = exp.NEQ(this=exp.paren(masked), expression=exp.Literal.number(0))
            counted = exp.Filter(this=exp.Sum(this=column("rows")), expression=exp.Where(this=held))
            made.append(exp.alias_(counted, f"true_{place}"))
        for place in range(len(self.sums)):
            made += [
                exp.alias_(exp.Sum(this=column(f"{each}_{place}")), f"{each}_{place}") for each in ("sum", "count")
            ]
        return made

    @property
    def words(self) -> list[list[exp.Expr]]:
        """The conditions of each pattern column."""
        listed = [condition for _, condition in self.conditions.values()]
        return [listed[start : start + WORD] for start in range(0, len(listed), WORD)]


def pattern(word: int) -> str:
    """The name of a pattern column."""
    return "pattern" if word == 0 else f"pattern_{word + 1}"


def total(made: exp.Expr) -> exp.Expr:
    """A sum that is 0 where there is nothing."""
    return exp.Coalesce(this=exp.Sum(this=made), expressions=[exp.Literal.number(0)])


@dataclass(frozen=True)
class Parts:
    """A number's parts, asked of the groups of a pass; `chosen` says whether there is any row."""

    numerator: exp.Expr
    counted: exp.Expr
    denominator: exp.Expr
    weighed: exp.Expr
    chosen: exp.Expr


def parts(asked: Asked, chosen: Chosen, tally: Tally) -> Parts:
    """What a number wants of the cells, entered in the tally."""
    where = asked.where
    boolean = type_of(asked.numerator, chosen.types) == "boolean"
    if boolean:
        numerator = counted = tally.count(both(where, asked.numerator))
    else:
        numerator, counted = tally.sum(asked.numerator, where)
    base = where
    if asked.result == "mean":
        known = exp.not_(exp.Is(this=exp.paren(asked.numerator.copy()), expression=exp.null()))
        base = both(where, known)
    if asked.denominator is None:
        denominator = weighed = tally.count(base)
    elif type_of(asked.denominator, chosen.types) == "boolean":
        denominator = weighed = tally.count(both(base, asked.denominator))
    else:
        denominator, weighed = tally.sum(asked.denominator, base)
    return Parts(numerator, counted, denominator, weighed, tally.count(where))


def both(one: exp.Expr | None, other: exp.Expr) -> exp.Expr:
    """Both conditions."""
    return other.copy() if one is None else exp.and_(one.copy(), other.copy())


def add(chosen: Chosen, a_pass: Pass, trees: dict[str, exp.Expr], tally: Tally) -> str:
    """Adds flagged rows, cells, groups and months to the steps; gives the step of the months.

    Its columns: month, set (names of the dimensions), group, rows, true_n (of conditions), sum_n and count_n.
    """
    dimensions = a_pass.dimensions
    patterns = [pattern(word) for word in range(len(tally.words))]
    flagged = chosen.steps.add("flagged", _flagged(chosen, trees, dimensions, tally))
    bundles = bundled(chosen.ground.county, a_pass.sets)
    cells = chosen.steps.add("cells", _cells(flagged, bundles, dimensions, patterns, tally))
    selects = [
        _group(cells, names, bundle, bundles, patterns, tally) for bundle, sets in bundles.items() for names in sets
    ]
    groups = chosen.steps.add(
        "groups", exp.union(*selects, distinct=False, copy=False) if len(selects) > 1 else selects[0]
    )
    by = [column(each) for each in ("month", "set", "group")]
    months = (
        exp.select(*by, *tally.monthly())
        .from_(step_named(groups), copy=False)
        .group_by(*(each.copy() for each in by), copy=False)
    )
    return chosen.steps.add("monthly", months)


def _flagged(chosen: Chosen, trees: dict[str, exp.Expr], dimensions: list[str], tally: Tally) -> exp.Select:
    columns: list[exp.Expr] = [column("month"), *shown(chosen, trees, dimensions)]
    for word, conditions in enumerate(tally.words):
        bits: exp.Expr | None = None
        for place, condition in enumerate(conditions):
            held = chosen.sql(condition)
            bit = exp.case().when(held, exp.Literal.number(1 << place)).else_(exp.Literal.number(0))
            bits = bit if bits is None else exp.Add(this=bits, expression=bit)
        if bits is not None:
            columns.append(exp.alias_(bits, pattern(word)))
    for place, number in tally.sums.values():
        wide = exp.cast(chosen.sql(number), exp.DataType.build("DECIMAL(24, 6)", dialect="duckdb"))
        columns.append(exp.alias_(wide, f"value_{place}"))
    return exp.select(*columns).from_(step_named(chosen.step), copy=False)


def bundled(county: County, sets: list[tuple[str, ...]]) -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    """Dimensions taken together in one set of cells -> the groupings that are added up from them."""
    bundles: list[set[str]] = []
    for names in sorted(sets, key=lambda names: (-len(names), names)):
        fitting = [each for each in bundles if _rough(county, each | set(names)) <= CELLS]
        if any(set(names) <= each for each in bundles):
            continue
        if fitting:
            fitting[0] |= set(names)
        else:
            bundles.append(set(names))
    made: dict[tuple[str, ...], list[tuple[str, ...]]] = {tuple(sorted(each)): [] for each in bundles}
    for names in sets:
        able = [each for each in made if set(names) <= set(each)]
        made[min(able, key=lambda each: (_rough(county, set(each)), each))].append(names)
    return {bundle: found for bundle, found in made.items() if found}


def _rough(county: County, names: set[str]) -> int:
    """A rough count of the combinations of some dimensions."""
    found = 1
    for each in names:
        codes = len(county.codes[each].rows) if each in county.codes else 20
        found *= ROUGH.get(each, codes)
    return found


def _cells(
    flagged: str,
    bundles: dict[tuple[str, ...], list[tuple[str, ...]]],
    dimensions: list[str],
    patterns: list[str],
    tally: Tally,
) -> exp.Select:
    columns = [column("month"), *(column(each) for each in dimensions), *(column(each) for each in patterns)]
    select = exp.select(*columns, *_bundle(bundles, dimensions), exp.alias_(exp.Count(this=exp.Star()), name("rows")))
    for place, _ in tally.sums.values():
        value = column(f"value_{place}")
        select = select.select(
            exp.alias_(exp.Sum(this=value), f"sum_{place}"), exp.alias_(exp.Count(this=value.copy()), f"count_{place}")
        )
    always = ["month", *patterns]
    if len(bundles) == 1:
        return select.from_(step_named(flagged), copy=False).group_by(
            *(column(each) for each in [*always, *next(iter(bundles))]), copy=False
        )
    sets = [exp.Tuple(expressions=[column(each) for each in [*always, *bundle]]) for bundle in bundles]
    return select.from_(step_named(flagged), copy=False).group_by(exp.GroupingSets(expressions=sets), copy=False)


def _bundle(bundles: dict[tuple[str, ...], list[tuple[str, ...]]], dimensions: list[str]) -> Iterator[exp.Expr]:
    if len(bundles) > 1:
        grouping = exp.Anonymous(this="grouping", expressions=[column(each) for each in dimensions])
        yield exp.alias_(grouping, "bundle")


def _group(
    cells: str,
    names: tuple[str, ...],
    bundle: tuple[str, ...],
    bundles: dict[tuple[str, ...], list[tuple[str, ...]]],
    patterns: list[str],
    tally: Tally,
) -> exp.Select:
    columns = [
        column("month"),
        exp.alias_(exp.Literal.string(set_name(names)), "set"),
        exp.alias_(label(names), name("group")),
        *(column(each) for each in patterns),
        exp.alias_(exp.Sum(this=column("rows")), name("rows")),
    ]
    for place, _ in tally.sums.values():
        columns += [exp.alias_(exp.Sum(this=column(f"{each}_{place}")), f"{each}_{place}") for each in ("sum", "count")]
    select = exp.select(*columns).from_(step_named(cells), copy=False)
    if len(bundles) > 1:
        every = sorted({each for names in bundles for each in names})
        code = sum(1 << place for place, each in enumerate(reversed(every)) if each not in bundle)
        select = select.where(exp.EQ(this=column("bundle"), expression=exp.Literal.number(code)), copy=False)
    return select.group_by(*(column(each) for each in ["month", *names, *patterns]), copy=False)
