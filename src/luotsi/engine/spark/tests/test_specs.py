"""Every word of an expression, every worked example and random small counties: on Spark as on the reference."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from luotsi.concepts.expressions import parse
from luotsi.concepts.reading import read_county
from luotsi.engine.duck.connection import given
from luotsi.engine.duck.expressions import to_sql
from luotsi.engine.measures.example_tables import Tables, calendar_days
from luotsi.engine.measures.examples import run_segments, run_together
from luotsi.engine.measures.plan import of_measure, passes
from luotsi.engine.segments.compute import at
from luotsi.engine.spark.connection import Connection

ROOT = Path(__file__).parents[5]
COUNTY = read_county(ROOT / "county")[0]
PASSES = [[each.name for each in one.asked] for one in passes(map(of_measure, COUNTY.measures.values()))]
CASES = yaml.load((ROOT / "tests/spec/expressions.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)
BANDS = (("0-17", 0, 17), ("18-64", 18, 64), ("65+", 65, None))

pytestmark = pytest.mark.xdist_group("spark")


@pytest.fixture(scope="module")
def con(java: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    made = Connection(tmp_path_factory.mktemp("tables"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def tables(con: Connection) -> Tables:
    """The marts as empty tables."""
    return Tables(con, COUNTY, "Spark")


def shown(value: object) -> str:
    """A value as the cases write it."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime.datetime():
            return value.isoformat(" ")
        case int() | float() | Decimal():
            return f"{Decimal(str(value)).quantize(Decimal('1e-9')).normalize():f}"
        case "":
            return "''"
        case _:
            return str(value)


def test_every_word_of_an_expression_gives_on_spark_the_value_computed_by_hand(con: Connection) -> None:
    con.execute("ATTACH ':memory:' AS marts")
    with given(con, "days", calendar_days()):
        con.execute("CREATE TABLE marts.calendar AS SELECT * FROM days")
    wanted = {text: str(value) for cases in CASES.values() for text, value in cases.items()}
    written = [
        to_sql(parse(text), lambda column: column, bands=BANDS, types=lambda name, table: None).sql("duckdb")
        for text in wanted
    ]
    row = con.execute("SELECT " + ", ".join(f"{sql} AS c{n}" for n, sql in enumerate(written))).fetchone()
    assert row is not None
    found = dict(zip(wanted, map(shown, row), strict=True))
    assert {text: value for text, value in found.items() if value != wanted[text]} == {}


@pytest.mark.parametrize("names", PASSES, ids=" ".join)
def test_measures_give_on_spark_what_the_reference_gives_for_all_their_examples_at_once(
    names: list[str], tables: Tables
) -> None:
    """The reference gives what each expects; whole measures are compared in the journey of the demonstration county."""
    assert run_together(COUNTY, names, tables) == []


@pytest.mark.parametrize("name", sorted(COUNTY.segments))
def test_spark_divides_people_as_the_examples_of_a_segment_list_expect(name: str, tables: Tables) -> None:
    assert run_segments(COUNTY, name, at, tables) == []
