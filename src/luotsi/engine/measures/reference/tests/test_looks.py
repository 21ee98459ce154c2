"""What a look sees and takes, and the periods and results of a measure, in plain Python."""

import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from luotsi.concepts.reading import read_county
from luotsi.concepts.records import Look
from luotsi.engine.measures.examples import key_of, rows_of
from luotsi.engine.measures.reference import Period, World
from luotsi.engine.measures.reference.looks import looked
from luotsi.engine.measures.reference.measure import median, top_share

COUNTY, _ = read_county(Path(__file__).parents[6] / "county")
RESULTS = """person | test | value | taken_at
1 | ldl | 3 | 2024-01-01 08:00
1 | ldl | 2 | 2024-02-01 08:00
1 | ldl |   | 2024-03-01 08:00
1 | hba1c | 50 | 2024-02-15 08:00
2 | ldl | 9 | 2024-02-20 08:00
1 | ldl | 8 | """


def take(take: str, **words: str) -> object:
    world = World(COUNTY, {"measurement": rows_of(COUNTY, "measurement", RESULTS)})
    (person,) = rows_of(COUNTY, "person", "key | birth_date\n1 | 1950-01-01")
    look = Look.model_validate({"of": "measurement", "take": take, "where": "test = 'ldl'", **words})
    return looked(world, person, look)


@pytest.mark.parametrize(
    ("word", "value"),
    [("first", 3), ("latest", 2), ("sum", 13), ("min", 2), ("max", 8), ("mean", Decimal(13) / 3), ("count", 3)],
)
def test_a_look_passes_over_rows_without_a_value(word: str, value: object) -> None:
    assert take(word, value="value") == value


def test_a_count_without_a_value_counts_the_rows() -> None:
    assert take("count") == 4


def test_a_window_holds_its_first_moment_and_not_its_last() -> None:
    inside = {"after": "'2024-01-01 08:00'", "before": "'2024-02-01 08:00'"}
    assert take("sum", value="value", **inside) == 3


def test_a_window_that_is_null_sees_nothing() -> None:
    assert take("exists", after="died_on") is False
    assert take("sum", value="value", before="died_on") is None


def test_a_look_that_sees_nothing_counts_zero_and_is_null_else() -> None:
    assert (take("count", where="FALSE"), take("exists", where="FALSE")) == (0, False)
    assert take("latest", value="value", where="FALSE") is None


def test_a_look_speaks_of_the_row_that_looks_as_this() -> None:
    assert take("count", where="taken_at > this.birth_date AND this.key = person") == 4


def test_at_equal_moments_the_higher_value_is_the_latest_and_the_first() -> None:
    table = "person | value | taken_at\n1 | 3 | 2024-01-01\n1 | 5 | 2024-01-01\n1 | 4 | 2024-01-01"
    world = World(COUNTY, {"measurement": rows_of(COUNTY, "measurement", table)})
    (person,) = rows_of(COUNTY, "person", "key\n1")
    looks = [Look(of="measurement", take=word, value="value") for word in ("first", "latest")]
    assert [looked(world, person, look) for look in looks] == [5, 5]


def test_a_look_by_the_thing_itself_meets_rows_that_refer_to_it() -> None:
    world = World(COUNTY, {"diagnosis": rows_of(COUNTY, "diagnosis", "contact | code\n1 | R74\n2 | K86")})
    (contact,) = rows_of(COUNTY, "contact", "key\n2")
    assert looked(world, contact, Look(of="diagnosis", by="contact", take="first", value="code", at="'2024-01-01'"))


def test_a_row_without_a_person_sees_nobody() -> None:
    world = World(COUNTY, {"measurement": rows_of(COUNTY, "measurement", "person | value\n | 1")})
    (contact,) = rows_of(COUNTY, "contact", "person | status\n | 7")
    assert looked(world, contact, Look(of="measurement", take="exists")) is False


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-Q4", "2023-10-01", "2023-12-31"),
        ("2024", "2024-01-01", "2024-12-31"),
    ],
)
def test_a_period_has_its_first_and_last_day(text: str, first: str, last: str) -> None:
    period = Period.read(text)
    assert (str(period.first), str(period.last), str(period)) == (first, last, text)


def test_a_period_holds_its_last_minute_and_no_null() -> None:
    period = Period.read("2024-02")
    assert period.holds(datetime.datetime(2024, 2, 29, 23, 59))
    assert not period.holds(datetime.datetime(2024, 3, 1))
    assert not period.holds(None)


def test_the_year_of_a_month_is_its_coarser_period_and_a_year_stays_itself() -> None:
    assert str(Period.read("2024-05").within("year")) == "2024"
    assert str(Period.read("2024-05").within("quarter")) == "2024-Q2"
    assert str(Period.read("2024").within("month")) == "2024"


def test_a_median_of_an_even_number_is_the_mean_of_the_two_middle_ones() -> None:
    assert median([(2, True), (20, True), (9, True), (5, True), (None, True), (1, False)]).value == 7


def test_the_top_tenth_is_rounded_up_to_whole_rows() -> None:
    found = top_share([(Decimal(each), True) for each in range(1, 12)])
    assert (found.numerator, found.denominator, found.n) == (21, 66, 11)


def test_keys_named_by_words_are_stable() -> None:
    assert key_of("aino") == key_of("aino") != key_of("eino")
