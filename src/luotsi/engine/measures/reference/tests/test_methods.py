"""The named methods in plain Python, at their edges."""

import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from luotsi.concepts.methods import METHODS as SHAPES
from luotsi.concepts.reading import read_county
from luotsi.concepts.records import Method
from luotsi.engine.measures.examples import key_of, rows_of
from luotsi.engine.measures.reference.methods import METHODS, applied, part_within
from luotsi.engine.measures.reference.world import Row, World

COUNTY, _ = read_county(Path(__file__).parents[6] / "county")
WORLD = World(COUNTY)
CHAINS = Method(name="chained_stays", arguments={"started": "started_at", "ended": "ended_at", "gap": "1"})


def chains(table: str) -> list[Row]:
    return applied(WORLD, CHAINS, rows_of(COUNTY, "stay", table))


def test_every_declared_method_has_its_plain_python() -> None:
    assert set(METHODS) == set(SHAPES)


def test_a_gap_of_one_day_continues_a_chain_and_of_two_days_does_not() -> None:
    found = chains(
        """person | started_at | ended_at
        1 | 2024-01-01 10:00 | 2024-01-03 10:00
        1 | 2024-01-04 23:00 | 2024-01-06 10:00
        1 | 2024-01-08 00:00 | 2024-01-09 10:00"""
    )
    assert [(row.values["stays"], row.values["nights"]) for row in found] == [(2, 5), (1, 1)]


def test_a_stay_within_another_does_not_shorten_the_chain() -> None:
    (chain,) = chains(
        """person | started_at | ended_at | destination
        1 | 2024-01-01 | 2024-01-20 | home
        1 | 2024-01-02 | 2024-01-03 | ward
        1 | 2024-01-19 | 2024-01-20 | home_care"""
    )
    assert chain.values["ended"] == datetime.datetime(2024, 1, 20)
    assert chain.values["destination"] == "home_care"


def test_an_open_stay_is_never_left() -> None:
    (chain,) = chains("person | started_at | ended_at\n1 | 2024-01-01 | \n1 | 2024-05-01 | 2024-05-02")
    assert chain.values["ended"] is None
    assert chain.values["nights"] is None


def test_stays_of_two_persons_are_two_chains() -> None:
    assert len(chains("person | started_at | ended_at\n1 | 2024-01-01 | 2024-01-02\n2 | 2024-01-02 | 2024-01-03")) == 2


def test_two_contacts_with_one_professional_are_full_continuity() -> None:
    method = Method(name="continuity", arguments={"professional": "professional", "least": "2"})
    (row,) = applied(WORLD, method, rows_of(COUNTY, "contact", "person | professional\n1 | 1\n1 | 1\n1 | "))
    assert (row.values["coc"], row.values["contacts"], row.values["person"]) == (1, 2, key_of("1"))


def test_one_contact_has_no_continuity() -> None:
    method = Method(name="continuity", arguments={"professional": "professional", "least": "1"})
    (row,) = applied(WORLD, method, rows_of(COUNTY, "contact", "person | professional\n1 | 1"))
    assert (row.values["coc"], row.values["usual_provider"]) == (None, 1)


def test_a_missing_amount_is_zero_in_the_total_of_a_person() -> None:
    method = Method(name="person_totals", arguments={"amount": "amount"})
    (row,) = applied(WORLD, method, rows_of(COUNTY, "cost_line", "person | amount\n1 | 2.5\n1 | \n | 9"))
    assert (row.values["total"], row.values["rows"]) == (Decimal("2.5"), 2)


def test_two_results_of_one_day_are_their_mean() -> None:
    arguments = {
        "taken": "date_of(taken_at)",
        "value": "value",
        "low": "2",
        "high": "3",
        "longest_gap": "56",
        "least_days": "0",
    }
    rows = rows_of(
        COUNTY,
        "measurement",
        "person | value | taken_at\n1 | 1 | 2024-01-01 08:00\n1 | 3 | 2024-01-01 12:00\n1 | 2 | 2024-01-11 08:00",
    )
    (row,) = applied(WORLD, Method(name="rosendaal", arguments=arguments), rows)
    assert (row.values["days"], row.values["share"]) == (10, 1)


@pytest.mark.parametrize(
    ("one", "other", "part"),
    [("1.6", "2.6", "0.6"), ("2.6", "3.6", "0.4"), ("1", "4", "0.3333"), ("2", "2", "1"), ("3.1", "3.1", "0")],
)
def test_the_part_of_a_straight_line_within_a_range(one: str, other: str, part: str) -> None:
    found = part_within(Decimal(one), Decimal(other), Decimal(2), Decimal(3))
    assert round(found, 4) == Decimal(part)


def test_fewer_than_three_free_times_are_the_longest_wait_also_when_all_are_past() -> None:
    arguments = {
        "calendar": "calendar",
        "day": "measured_on",
        "slot": "date_of(starts_at)",
        "free": "status = 'free'",
        "queue_book": "queue_book",
        "longest": "182",
    }
    rows = rows_of(
        COUNTY,
        "calendar_slot",
        """calendar | measured_on | starts_at | status
        a | 2024-03-04 | 2024-03-03 09:00 | free
        a | 2024-03-04 | 2024-03-05 09:00 | free
        a | 2024-03-04 | 2024-03-06 09:00 | free
        b | 2024-03-04 | 2024-03-05 09:00 | free
        b | 2024-03-04 | 2024-03-05 09:30 | free
        b | 2024-03-04 | 2025-03-05 09:30 | free""",
    )
    found = applied(WORLD, Method(name="third_free_slot", arguments=arguments), rows)
    assert [row.values["days"] for row in found] == [182, 182]
