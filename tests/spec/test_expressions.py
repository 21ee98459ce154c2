"""What each word of an expression gives, on the plain-Python reference and in DuckDB: hand-computed cases."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

from luotsi.concepts.calendar import calendar
from luotsi.concepts.expressions import parse, type_of
from luotsi.concepts.functions import FUNCTIONS
from luotsi.concepts.records import Format
from luotsi.concepts.scalars import evaluate
from luotsi.engine.duck.expressions import to_sql

CASES = yaml.load(Path(__file__).with_name("expressions.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)
BANDS = (("0-17", 0, 17), ("18-64", 18, 64), ("65+", 65, None))
EVERY = [pytest.param(text, str(value), id=text) for cases in CASES.values() for text, value in cases.items()]


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


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute("CREATE SCHEMA marts")
        made.execute("CREATE TABLE marts.calendar (date DATE, working BOOLEAN, nth INTEGER)")
        days = [list(column) for column in zip(*calendar(), strict=True)]
        made.execute("INSERT INTO marts.calendar SELECT unnest(?::DATE[]), unnest(?), unnest(?)", days)
        yield made


def test_every_function_has_cases() -> None:
    assert set(FUNCTIONS) <= set(CASES)


@pytest.mark.parametrize(("text", "expected"), EVERY)
def test_duckdb_gives_the_value_computed_by_hand(con: duckdb.DuckDBPyConnection, text: str, expected: str) -> None:
    sql = to_sql(parse(text), lambda column: column, bands=BANDS, types=lambda name, table: None).sql("duckdb")
    row = con.execute(f"SELECT {sql}").fetchone()
    assert row is not None
    assert shown(row[0]) == expected, sql


@pytest.mark.parametrize(("text", "expected"), EVERY)
def test_the_reference_gives_the_value_computed_by_hand(text: str, expected: str) -> None:
    assert shown(evaluate(text, lambda name, table: None, BANDS)) == expected


@pytest.mark.parametrize("text", [param.values[0] for param in EVERY])
def test_every_case_is_an_expression_that_the_checker_lets_through(text: str) -> None:
    type_of(parse(str(text)), lambda name, table: None)


FORMAT = Format(
    decimal=",",
    dates=("%d.%m.%Y", "%Y%m%d"),
    timestamps=("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M"),
    zone="UTC",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("date('29.2.2024')", "2024-02-29"),
        ("date('20240229')", "2024-02-29"),
        ("date('2024-02-29')", ""),
        ("date('30.2.2024')", ""),
        ("number('1,5')", "1.5"),
        ("number('1.5')", ""),
        ("number('12')", "12"),
        ("timestamp('2024-01-01T00:00:00+00:00')", "2024-01-01 02:00:00"),
        ("timestamp('2024-07-01T00:00:00+00:00')", "2024-07-01 03:00:00"),
        ("timestamp('2024-07-01 12:00')", "2024-07-01 15:00:00"),
        ("timestamp('nonsense')", ""),
    ],
)
def test_texts_of_extracts_are_read_by_the_format_of_their_source(
    con: duckdb.DuckDBPyConnection, text: str, expected: str
) -> None:
    sql = to_sql(parse(text), lambda column: column, FORMAT).sql("duckdb")
    row = con.execute(f"SELECT {sql}").fetchone()
    assert row is not None
    assert shown(row[0]) == expected


def test_a_text_beside_a_date_becomes_a_date_and_a_text_beside_a_text_stays_one() -> None:
    types = {"day": "date", "happened": "timestamp", "code": "text"}

    def written(text: str) -> str:
        return to_sql(parse(text), lambda column: column, types=lambda name, _: types.get(name)).sql("duckdb")

    assert written("day >= '2024-01-01'") == "day >= CAST('2024-01-01' AS DATE)"
    assert written("happened < '2024-01-01'") == "happened < CAST('2024-01-01' AS TIMESTAMP)"
    assert written("code = '2024-01-01'") == "code = '2024-01-01'"
    assert written("year_of(day)") == "YEAR(day)"


def test_a_quotient_that_would_overflow_a_decimal_is_a_double(con: duckdb.DuckDBPyConnection) -> None:
    sql = to_sql(parse("a / b"), lambda column: column).sql("duckdb")
    row = con.execute(
        f"SELECT {sql} FROM (SELECT 999999999999.999999::DECIMAL(18, 6) AS a, 0.000001::DECIMAL(18, 6) AS b)"
    ).fetchone()
    assert row is not None
    assert row[0] == pytest.approx(1e18)
