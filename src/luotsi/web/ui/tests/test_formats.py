"""Numbers, periods and times in three languages."""

import datetime

import pytest
from django.utils.translation import override

from luotsi.web.ui import formats

MORNING = datetime.datetime(2024, 2, 5, 7, 15, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("language", "number", "share", "points", "period", "day", "moment"),
    [
        ("fi", "12 345,6", "85,3 %", "−1,2 %-yks.", "helmikuu 2024", "5.2.2024", "5.2.2024 klo 9.15"),
        ("sv", "12 345,6", "85,3 %", "−1,2 %-enh.", "februari 2024", "5.2.2024", "5.2.2024 kl. 9.15"),
        ("en", "12,345.6", "85.3%", "−1.2 pp", "February 2024", "5 Feb 2024", "5 Feb 2024 9:15"),
    ],
)
def test_each_language_writes_numbers_and_times_its_own_way(
    language: str, number: str, share: str, points: str, period: str, day: str, moment: str
) -> None:
    with override(language):
        written = [
            formats.number(12345.6, 1),
            formats.share(0.853),
            formats.points(-0.012),
            formats.period("2024-02-01"),
            formats.date(datetime.date(2024, 2, 5)),
            formats.moment(MORNING),
        ]
    assert [each.replace("\u00a0", " ") for each in written] == [number, share, points, period, day, moment]


def test_no_line_can_break_inside_a_number() -> None:
    with override("fi"):
        written = formats.measured(12345.5, "days", 1) + formats.share(0.5) + formats.moment(MORNING)
    assert " " not in written


def test_what_rounds_to_nothing_has_no_sign() -> None:
    with override("en"):
        assert formats.number(-0.0004, 1) == "0.0"
        assert formats.points(0.0001) == "0.0\u00a0pp"


def test_a_missing_value_is_a_dash_and_never_a_zero() -> None:
    forms = (formats.number, formats.share, formats.points)
    assert {form(None) for form in forms} == {formats.MISSING}
    assert formats.measured(None, "days") == formats.difference(None, "EUR") == formats.moment(None) == formats.MISSING


@pytest.mark.parametrize(
    ("grain", "long", "short"),
    [("month", "marraskuu 2024", "11/2024"), ("quarter", "Q4/2024", "Q4/2024"), ("year", "2024", "2024")],
)
def test_a_period_is_named_by_its_grain(grain: formats.Grain, long: str, short: str) -> None:
    with override("fi"):
        assert formats.period("2024-11-01", grain).replace("\u00a0", " ") == long
        assert formats.short_period(datetime.date(2024, 11, 1), grain) == short


def test_decimals_follow_the_size_and_the_unit() -> None:
    with override("en"):
        assert [formats.number(value) for value in (1234.5, 12.34, 1.234, 0.1234, 7.0)] == [
            "1,234",
            "12.3",
            "1.2",
            "0.12",
            "7",
        ]
        assert formats.measured(3.0, "count") == "3"
        assert formats.measured(1.234, "ratio") == "1.23"
        assert formats.measured(8.97, "contacts").replace("\u00a0", " ") == "9.0 contacts"
        assert formats.difference(-0.304, "contacts").replace("\u00a0", " ") == "\u22120.3 contacts"
        assert formats.brief(0.8, "share") == "80%"
        assert formats.brief(0.825, "share") == "82.5%"


@pytest.mark.parametrize(("language", "written"), [("fi", "2 tuntia"), ("sv", "2 timmar"), ("en", "2 hours")])
def test_hours_and_minutes_have_their_words(language: str, written: str) -> None:
    with override(language):
        assert formats.measured(2, "hours").replace("\u00a0", " ") == written
        assert formats.measured(90, "minutes") != formats.measured(90, "count")
