"""Numbers that add up over persons, as parts that can be kept: exact sums of each period and group.

What some persons give to such a number can be taken away and put back without counting anybody else. Which measures
are of that kind is told from their records. Whose parts are counted anew, and when, stands in `luotsi.engine.release`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator

from sqlglot import exp

from luotsi.concepts.expressions import names, parse
from luotsi.concepts.reading import County
from luotsi.concepts.records import Measure
from luotsi.concepts.scope import looked_relation
from luotsi.engine.duck.connection import Connection
from luotsi.engine.marts.relations import column, relation, step_named
from luotsi.engine.marts.steps import Ground, Steps
from luotsi.engine.measures.compute import between, ready
from luotsi.engine.measures.grains import PLACE
from luotsi.engine.measures.plan import ADDITIVE, Pass, of_measure, passes
from luotsi.engine.measures.query import result, summed_steps

WITHIN_PERSON = frozenset({"chained_stays", "continuity", "person_totals", "rosendaal"})
"""The methods that make rows of the rows of one person."""
GROUP = (*PLACE, "set", "group")
NUMBERS = {"numerator": "DECIMAL(38, 6)", "counted": "BIGINT", "denominator": "DECIMAL(38, 6)"} | dict.fromkeys(
    ("weighed", "chosen"), "BIGINT"
)
"""The parts of a number, which add up; `chosen` is the number of rows, and a group without any is not there."""
COLUMNS = (
    "name VARCHAR, grain VARCHAR, period VARCHAR, first_month DATE, last_month DATE, "
    '"set" VARCHAR, "group" VARCHAR, ' + ", ".join(f"{word} {kind}" for word, kind in NUMBERS.items())
)
"""The columns of a table of parts."""


def adds_over_persons(county: County, measure: Measure) -> bool:
    """Whether what is counted of a person rests on the rows of that person alone, and persons are added up.

    Rows that are nobody's count as one person's. Referred things that are no one's (units, services) may be read too.
    """
    if measure.method is not None and measure.method.name not in WITHIN_PERSON:
        return False
    one_person = measure.numerator == "person" or (measure.rows == "person" and measure.numerator == "key")
    if measure.result not in ADDITIVE and not (measure.result == "distinct" and measure.method is None and one_person):
        return False
    looked = [looked_relation(each) for each in measure.look.values()]
    if not all(of_person(county, each) for each in (measure.rows, *looked)):
        return False
    if any(look.by != "person" for look in measure.look.values()):
        return False
    return all(word == "person" or not of_person(county, refers) for word, refers in _hops(county, measure))


def of_person(county: County, rows: str) -> bool:
    """Whether the rows of a mart (`contact`, `assessment.answers`) are each one person's."""
    return rows == "person" or relation(county, rows).refers.get("person") == "person"


def _hops(county: County, measure: Measure) -> Iterator[tuple[str, str]]:
    """Every reference that is followed, with the concept it leads to."""
    own = relation(county, measure.rows)
    dimensions = county.concepts[own.concept].dimensions
    texts = [measure.numerator, measure.denominator, measure.where, measure.at]
    texts += [*measure.let.values(), *measure.then.values(), *(dimensions.get(each) for each in measure.dimensions)]
    texts += measure.method.arguments.values() if measure.method else []
    for look in measure.look.values():
        texts += [look.after, look.before]
        theirs = relation(county, looked_relation(look))
        found = _tables([look.where, look.value, look.at]) - {"this"}
        yield from ((word, theirs.refers[word]) for word in found)
    yield from ((word, own.refers[word]) for word in _tables(texts))


def _tables(texts: Iterable[str | None]) -> set[str]:
    trees = [parse(text) for text in texts if text is not None]
    return {table for tree in trees for _, table in names(tree) if table is not None}


def statements(
    county: County, wanted: Iterable[str], *, schema: str, first_month: datetime.date, last_month: datetime.date
) -> list[str]:
    """The SELECTs (`COLUMNS`) of the parts of some measures that add up over persons, over the marts of a schema."""
    ground = between(county, schema, first_month, last_month)
    asked = (of_measure(county.measures[each]) for each in wanted)
    return [_parts(ground, each).sql("duckdb", copy=False) for each in passes(asked)]


def fill(con: Connection, table: str, queries: list[str], progress: Callable[[int, int], None]) -> None:
    """Makes a temporary table anew of what some `statements` give; tells the number of them done and to do."""
    ready(con)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({COLUMNS})")
    for place, query in enumerate(queries, 1):
        con.execute(f"INSERT INTO {table} {query}")
        progress(place, len(queries))


def _parts(ground: Ground, a_pass: Pass) -> exp.Query:
    steps = Steps()
    selects = [
        exp.select(
            exp.alias_(exp.Literal.string(word), "name"),
            *(column(each, step) for each in GROUP),
            *(exp.alias_(_as(column(each, step), kind), each) for each, kind in NUMBERS.items()),
        ).from_(step_named(step), copy=False)
        for word, step in summed_steps(ground, steps, a_pass).items()
    ]
    return steps.finished(exp.union(*selects, distinct=False, copy=False) if len(selects) > 1 else selects[0])


def _as(made: exp.Expr, kind: str) -> exp.Expr:
    return exp.cast(made, exp.DataType.build(kind, dialect="duckdb"))


def together(tables: Iterable[str], less: str) -> str:
    """The SELECT (`COLUMNS`) of the parts of some tables added up, those of the table `less` taken away."""
    words = ", ".join(f'"{each}"' for each in ("name", *GROUP))
    minus = ", ".join(f"-{each} AS {each}" for each in NUMBERS)
    every = [f"SELECT * FROM {each}" for each in tables]
    every.append(f"SELECT {words}, {minus} FROM {less}")
    sums = ", ".join(f"CAST(sum({each}) AS {kind}) AS {each}" for each, kind in NUMBERS.items())
    query = f"SELECT {words}, {sums} FROM ({' UNION ALL '.join(every)}) AS every_part GROUP BY {words}"
    return f"SELECT * FROM ({query}) AS added WHERE chosen <> 0"


def results(county: County, wanted: str, table: str, first_month: datetime.date, last_month: datetime.date) -> str:
    """The SELECT of the result rows of a measure, as `compute` gives them, from the parts in a table."""
    ground = between(county, "marts", first_month, last_month)
    steps = Steps()
    own = exp.EQ(this=column("name"), expression=exp.Literal.string(wanted))
    step = steps.add("kept_parts", exp.select(exp.Star()).from_(table).where(own))
    return steps.finished(result(ground, steps, county.measures[wanted], step)).sql("duckdb", copy=False)
