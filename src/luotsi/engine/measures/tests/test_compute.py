"""Numbers computed over small marts, where shapes of SQL could go wrong: exactness, unknown, masks, denominators."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County, read_county
from luotsi.concepts.records import Measure
from luotsi.engine.measures import compute, sql
from luotsi.engine.measures.example_tables import Tables

ROOT = Path(__file__).parents[5]
LABEL = {"fi": "a", "sv": "a", "en": "a"}
FIRST, LAST = datetime.date(2019, 1, 1), datetime.date(2026, 12, 1)


@pytest.fixture(scope="module")
def content() -> County:
    return read_county(ROOT / "county")[0]


@pytest.fixture
def tables(content: County) -> Iterator[Tables]:
    with duckdb.connect() as con:
        yield Tables(con, content)


def measure(**said: Any) -> Measure:
    plain = {
        "measure": "asked", "version": 1, "label": LABEL, "definition": LABEL, "why": LABEL, "source": "s",
        "owner": "o", "review": "2027-01-01", "status": "unconfirmed", "direction": "up", "unit": "u", "family": "f",
        "counts": "things", "examples": [], "periods": ["month", "quarter", "year"],
    }  # fmt: skip
    return Measure.model_validate({**plain, **said})


def asked(tables: Tables, made: Measure) -> dict[tuple[str, str], tuple[Any, ...]]:
    tables.county.measures["asked"] = made
    try:
        found = compute(tables.con, tables.county, ["asked"], schema=tables.schema, first_month=FIRST, last_month=LAST)
    finally:
        del tables.county.measures["asked"]
    return {
        (row["period"], row["group"]): (row["numerator"], row["denominator"], row["value"], row["n"])
        for row in found.to_pylist()
    }


def stays(tables: Tables, *rows: tuple[str, str, str | None]) -> None:
    """Stays: person's number, start, destination."""
    for place, (person, start, destination) in enumerate(rows):
        key, who = f"00000000-0000-0000-0000-{place:012}", f"00000000-0000-0000-0001-{int(person):012}"
        tables.con.execute(
            "INSERT INTO examples.stay (key, person, started_at, kind, destination) VALUES (?, ?, ?, 'ward', ?)",
            [key, who, start, destination],
        )


def test_a_person_seen_in_two_months_of_a_quarter_counts_once_in_it_and_once_in_each_month(tables: Tables) -> None:
    stays(tables, ("1", "2024-01-05", None), ("1", "2024-02-05", None), ("2", "2024-02-06", None))
    found = asked(tables, measure(rows="stay", at="started_at", result="distinct", numerator="person"))
    assert {period: row[0] for (period, _), row in found.items()} == {
        "2024-01": 1, "2024-02": 2, "2024-Q1": 2, "2024": 2,
    }  # fmt: skip


def test_different_persons_are_counted_right_on_both_sides_of_every_new_year(tables: Tables) -> None:
    stays(tables, *(("1", f"{year}-{month:02}-28", None) for year in range(2019, 2027) for month in (1, 12)))
    found = asked(tables, measure(rows="stay", at="started_at", result="distinct", numerator="person"))
    assert all(row[0] == 1 for row in found.values())
    assert len([period for period, _ in found if len(period) == 4]) == 8
    assert len(found) == 8 * (2 + 2 + 1)


def test_rows_without_a_dimension_are_unknown_and_nothing_is_lost(tables: Tables) -> None:
    stays(tables, ("1", "2024-01-05", None), ("2", "2024-01-06", "home"))
    made = measure(
        rows="stay", at="started_at", result="share", numerator="destination = 'home'", dimensions=["destination"]
    )
    found = asked(tables, made)
    assert found["2024-01", ""] == (1, 2, 0.5, 2)
    assert found["2024-01", "destination=unknown"] == (0, 1, 0, 1)
    assert found["2024-01", "destination=home"] == (1, 1, 1, 1)


def test_sums_of_decimals_are_exact_where_doubles_would_not_be(tables: Tables) -> None:
    for place in range(10):
        tables.con.execute(
            "INSERT INTO examples.cost_line (key, month, amount) VALUES (uuid(), ?, ?)",
            ["2024-01-01", Decimal("0.1") if place else Decimal("100000000000.1")],
        )
    found = asked(tables, measure(rows="cost_line", at="month", result="sum", numerator="amount", counts="money"))
    assert found["2024-01", ""][0] == 100000000001.0


@pytest.mark.parametrize("result", ["sum", "median"])
def test_an_attribute_named_month_is_dated_like_any_other(tables: Tables, result: str) -> None:
    for day in ("2024-02-15", "2024-03-01", "2024-03-31"):
        tables.con.execute("INSERT INTO examples.cost_line (key, month, amount) VALUES (uuid(), ?, 5)", [day])
    found = asked(tables, measure(rows="cost_line", at="month", result=result, numerator="amount", counts="money"))
    rows = {period: row[3] for (period, _), row in found.items()}
    assert rows == {"2024-02": 1, "2024-03": 2, "2024-Q1": 3, "2024": 3}


def test_a_month_takes_the_denominator_of_its_year_and_a_dimension_that_it_lacks_the_whole(tables: Tables) -> None:
    stays(tables, ("1", "2024-01-05", "home"), ("2", "2024-05-06", "ward"))
    tables.con.execute(
        "INSERT INTO examples.population (key, municipality, year, age, sex, persons) VALUES "
        "(uuid(), '179', 2024, 40, '1', 400), (uuid(), '179', 2024, 41, '2', 600), (uuid(), '179', 2023, 41, '2', 7)"
    )
    per = {"rows": "population", "at": "make_date(year, 12, 31)", "sum": "persons"}
    made = measure(
        rows="stay",
        at="started_at",
        result="count",
        numerator="true",
        per=per,
        scale="1000",
        dimensions=["destination"],
    )
    found = asked(tables, made)
    assert found["2024-01", ""] == (1, 1000, 1.0, 1)
    assert found["2024", ""] == (2, 1000, 2.0, 2)
    assert found["2024-05", "destination=ward"] == (1, 1000, 1.0, 1)


def test_a_census_asks_every_row_at_each_month_end_and_a_quarter_is_its_last(tables: Tables) -> None:
    tables.con.execute(
        "INSERT INTO examples.queue_entry (key, referral_at, ended_at) VALUES "
        "(uuid(), '2024-01-10', '2024-03-15'), (uuid(), '2024-02-10', NULL)"
    )
    where = "referral_at < add_days(period_end, 1) AND (ended_at IS NULL OR date_of(ended_at) > period_end)"
    made = measure(rows="queue_entry", each="period_end", where=where, result="count", numerator="true")
    found = asked(tables, made)
    months = [found.get((f"2024-0{month}", ""), (0,))[0] for month in (1, 2, 3, 4)]
    assert months == [1, 2, 1, 1]
    assert found["2024-Q1", ""][0] == 1


def test_a_look_that_may_find_nothing_keeps_its_row(tables: Tables) -> None:
    stays(tables, ("1", "2024-01-05", None), ("2", "2024-01-06", None))
    tables.con.execute(
        "INSERT INTO examples.diagnosis (key, person, code, recorded_on) VALUES "
        "(uuid(), '00000000-0000-0000-0001-000000000001', 'E11', '2024-01-05')"
    )
    look = {"ill": {"of": "diagnosis", "take": "exists", "before": "add_days(date_of(started_at), 1)"}}
    found = asked(tables, measure(rows="stay", at="started_at", look=look, result="share", numerator="ill"))
    assert found["2024-01", ""] == (1, 2, 0.5, 2)
    look["ill"]["before"] = "date_of(started_at)"
    found = asked(tables, measure(rows="stay", at="started_at", look=look, result="share", numerator="ill"))
    assert found["2024-01", ""] == (0, 2, 0.0, 2)


def test_a_measure_that_is_not_there_is_named_in_the_error(content: County) -> None:
    with pytest.raises(UserError, match="no measure nothing"):
        sql(content, "nothing")
