"""Persons divided at month ends over small marts: the days at the edges, the order of rules, spans of months."""

import datetime
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from luotsi.concepts.reading import County, read_county
from luotsi.concepts.records import Segments
from luotsi.engine.duck.types import SQL_TYPES
from luotsi.engine.marts.relations import all_relations
from luotsi.engine.segments import at, compute, counts

ROOT = Path(__file__).parents[5]
LABEL = {"fi": "a", "sv": "a", "en": "a"}
ANN, BO = (f"00000000-0000-0000-0000-{place:012}" for place in (1, 2))
YEAR = {"after": "year_ago", "before": "tomorrow"}
LET = {"year_ago": "add_months(add_days(period_end, 1), -12)", "tomorrow": "add_days(period_end, 1)"}


@pytest.fixture(scope="module")
def content() -> County:
    return read_county(ROOT / "county")[0]


@pytest.fixture(scope="module")
def made(content: County) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA marts")
        for each in all_relations(content):
            columns = ", ".join(f'"{word}" {SQL_TYPES[kind]}' for word, kind in each.columns.items())
            con.execute(f"CREATE TABLE marts.{each.table} ({columns})")
        yield con


@pytest.fixture
def con(made: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    for table in ("person", "contact", "diagnosis", "social_matter", "service_period", "residence"):
        made.execute(f"TRUNCATE marts.{table}")
    made.execute(f"INSERT INTO marts.person (key, birth_date) VALUES ('{ANN}', '1980-01-01')")
    return made


def rule(when: str, name: str) -> dict[str, Any]:
    return {"segment": name, "label": LABEL, "when": when}


def divided(content: County, *rules: dict[str, Any], **said: Any) -> County:
    """The county with one segment list, `main`."""
    plain = {
        "segments": "main", "version": 1, "label": LABEL, "definition": LABEL, "source": "s", "owner": "o",
        "review": "2027-01-01", "status": "unconfirmed", "let": LET, "rules": rules, "examples": [],
    }  # fmt: skip
    return replace(content, segments={"main": Segments.model_validate({**plain, **said})})


def seen(content: County, take: str = "exists", **window: str) -> County:
    """Persons seen in a contact of the year up to the month end, and the others."""
    look = {"contacts": {"of": "contact", "take": take, **(window or YEAR)}}
    when = "contacts" if take == "exists" else "contacts >= 2"
    return divided(content, rule(when, "seen"), rule("TRUE", "not_seen"), look=look)


def contact(con: duckdb.DuckDBPyConnection, *moments: str | None, person: str | None = ANN) -> None:
    for moment in moments:
        con.execute("INSERT INTO marts.contact (person, happened_at) VALUES (?, ?)", [person, moment])


def segment(con: duckdb.DuckDBPyConnection, county: County, end: str) -> str | None:
    return at(con, county, "main", datetime.date.fromisoformat(end)).get(ANN)


def spans(con: duckdb.DuckDBPyConnection, county: County, first: str, last: str) -> list[tuple[str, str, str]]:
    compute(con, county, first_month=datetime.date.fromisoformat(first), last_month=datetime.date.fromisoformat(last))
    asked = "SELECT segment, CAST(since AS TEXT), CAST(until AS TEXT) FROM marts.segment_spans ORDER BY since"
    return con.execute(asked).fetchall()


def test_persons_divided_a_range_at_a_time_are_divided_as_all_at_once(
    con: duckdb.DuckDBPyConnection, content: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [f"{place:02x}{place:06x}-0000-0000-0000-000000000000" for place in range(0, 256, 5)]
    con.executemany("INSERT INTO marts.person (key, birth_date) VALUES (?, '1980-01-01')", [[key] for key in keys])
    for key in keys[::2]:
        contact(con, "2024-03-10", "2024-05-01", person=key)
    asked = "SELECT * FROM marts.segment_spans ORDER BY ALL"
    whole = spans(con, seen(content, "count"), "2024-01-01", "2025-03-01") and con.execute(asked).fetchall()
    assert {row[2] for row in whole} == {"seen", "not_seen"}
    monkeypatch.setattr(sys.modules["luotsi.engine.segments.compute"], "PERSONS", 3)
    spans(con, seen(content, "count"), "2024-01-01", "2025-03-01")
    assert con.execute(asked).fetchall() == whole


@pytest.mark.parametrize("take", ["exists", "count"])
@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("2023-03-31 23:59:59", "not_seen"),
        ("2023-04-01 00:00:00", "seen"),
        ("2024-03-31 23:59:59", "seen"),
        ("2024-04-01 00:00:00", "not_seen"),
    ],
)
def test_the_year_up_to_a_month_end_begins_and_ends_at_midnight(
    con: duckdb.DuckDBPyConnection, content: County, take: str, moment: str, found: str
) -> None:
    contact(con, moment, moment)
    assert segment(con, seen(content, take), "2024-03-31") == found


@pytest.mark.parametrize(
    ("day", "end", "found"),
    [
        ("2023-03-01", "2024-02-29", "seen"),
        ("2023-02-28", "2024-02-29", "not_seen"),
        ("2024-02-29", "2024-02-29", "seen"),
        ("2024-02-29", "2025-01-31", "seen"),
        ("2024-02-29", "2025-02-28", "not_seen"),
        ("2024-03-01", "2025-02-28", "seen"),
    ],
)
def test_a_year_up_to_the_end_of_february_is_twelve_months_in_and_after_a_leap_year(
    con: duckdb.DuckDBPyConnection, content: County, day: str, end: str, found: str
) -> None:
    contact(con, day)
    assert segment(con, seen(content), end) == found


@pytest.mark.parametrize("take", ["exists", "count"])
def test_a_person_without_contacts_takes_the_rule_that_asks_none(
    con: duckdb.DuckDBPyConnection, content: County, take: str
) -> None:
    contact(con, "2024-01-01", "2024-01-02", person=BO)
    contact(con, "2024-01-01", "2024-01-02", person=None)
    contact(con, None, None)
    assert segment(con, seen(content, take), "2024-03-31") == "not_seen"


def test_the_first_rule_that_holds_decides_whatever_the_later_ones_say(
    con: duckdb.DuckDBPyConnection, content: County
) -> None:
    rules = [rule("age(birth_date, period_end) >= 40", "forty"), rule("age(birth_date, period_end) >= 18", "adult")]
    assert segment(con, divided(content, *rules), "2024-03-31") == "forty"
    assert segment(con, divided(content, *reversed(rules)), "2024-03-31") == "adult"


def test_a_person_for_whom_no_rule_holds_is_in_no_segment(con: duckdb.DuckDBPyConnection, content: County) -> None:
    assert segment(con, divided(content, rule("age(birth_date, period_end) < 18", "child")), "2024-03-31") is None


def test_a_person_is_divided_from_the_month_of_birth_to_the_last_month_end_alive(
    con: duckdb.DuckDBPyConnection, content: County
) -> None:
    con.execute("UPDATE marts.person SET birth_date = '2024-01-31', died_on = '2024-04-30'")
    main = replace(content, segments={"main": content.segments["main"]})
    assert spans(con, main, "2023-11-01", "2024-06-01") == [("child_or_young", "2024-01-31", "2024-03-31")]


def test_a_person_who_died_the_day_after_a_month_end_was_alive_at_it(
    con: duckdb.DuckDBPyConnection, content: County
) -> None:
    con.execute("UPDATE marts.person SET died_on = '2024-05-01'")
    assert spans(con, content, "2024-03-01", "2024-06-01") == [("few_needs", "2024-03-31", "2024-04-30")]


def test_a_person_who_moved_keeps_the_segment_and_is_counted_once(
    con: duckdb.DuckDBPyConnection, content: County
) -> None:
    for moved, municipality in (("2020-01-01", "179"), ("2024-04-15", "091")):
        con.execute(
            "INSERT INTO marts.residence (person, moved_on, municipality) VALUES (?, ?, ?)", [ANN, moved, municipality]
        )
    assert spans(con, content, "2024-03-01", "2024-06-01") == [("few_needs", "2024-03-31", "2024-06-30")]


def test_coming_back_to_a_segment_begins_a_new_span_and_every_month_end_is_shown(
    con: duckdb.DuckDBPyConnection, content: County
) -> None:
    contact(con, "2022-06-15")
    assert spans(con, seen(content), "2022-04-01", "2023-07-01") == [
        ("not_seen", "2022-04-30", "2022-05-31"),
        ("seen", "2022-06-30", "2023-05-31"),
        ("not_seen", "2023-06-30", "2023-07-31"),
    ]
    query = f"SELECT CAST(period_end AS TEXT), segment FROM ({counts()}) AS ends ORDER BY period_end"
    shown = con.execute(query).fetchall()
    assert len(shown) == 16
    assert shown[1:3] == [("2022-05-31", "not_seen"), ("2022-06-30", "seen")]


@pytest.mark.parametrize("take", ["exists", "count"])
@pytest.mark.parametrize("moment", ["2018-12-31", "2019-12-31", "2020-01-01", "2024-12-31", "2025-01-01", "2025-07-09"])
def test_a_contact_is_seen_for_twelve_month_ends_across_any_new_year(
    con: duckdb.DuckDBPyConnection, content: County, take: str, moment: str
) -> None:
    contact(con, moment, moment)
    found = spans(con, seen(content, take), "2017-01-01", "2027-12-01")
    (met,) = [(since, until) for name, since, until in found if name == "seen"]
    day = datetime.date.fromisoformat(moment)
    asked = con.execute("SELECT CAST(last_day(?) AS TEXT), CAST(last_day(? + to_months(11)) AS TEXT)", [day, day])
    assert met == asked.fetchone()


def test_a_look_without_a_beginning_finds_the_distant_past_and_never_the_future(
    con: duckdb.DuckDBPyConnection, content: County
) -> None:
    contact(con, "1961-05-05", "2024-04-01")
    county = seen(content, before="tomorrow")
    assert segment(con, county, "1961-04-30") == "not_seen"
    assert segment(con, county, "1961-05-31") == "seen"
    assert segment(con, county, "2024-03-31") == "seen"


def test_a_window_that_follows_from_the_person_is_each_persons_own(
    con: duckdb.DuckDBPyConnection, content: County
) -> None:
    con.execute(f"INSERT INTO marts.person (key, birth_date) VALUES ('{BO}', '2020-01-01')")
    for person in (ANN, BO):
        contact(con, "1999-01-01", person=person)
    county = seen(content, after="add_months(birth_date, 12)", before="tomorrow")
    found = at(con, county, "main", datetime.date(2024, 3, 31))
    assert found == {ANN: "seen", BO: "not_seen"}
