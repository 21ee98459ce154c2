import datetime

import numpy as np

from luotsi.synth.text import MISSING, day_number, days, decimals, results, stamps, utc, whole


def test_days_are_written_in_the_form_of_the_system() -> None:
    values = np.array([day_number(2024, 2, 29), MISSING, day_number(1919, 12, 6)])
    assert days(values, "fi").to_pylist() == ["29.02.2024", None, "06.12.1919"]
    assert days(values, "compact").to_pylist() == ["20240229", None, "19191206"]
    assert days(values, "slash").to_pylist() == ["29/02/2024", None, "06/12/1919"]
    assert days(values, "iso").to_pylist() == ["2024-02-29", None, "1919-12-06"]


def test_times_before_and_after_1970_are_written_to_the_minute() -> None:
    values = np.array([day_number(2024, 2, 29) * 1440 + 485, day_number(1969, 12, 31) * 1440 + 1439])
    assert stamps(values, "fi").to_pylist() == ["29.02.2024 08:05", "31.12.1969 23:59"]
    assert stamps(values, "compact").to_pylist() == ["20240229 0805", "19691231 2359"]


def test_utc_is_two_hours_behind_in_winter_and_three_in_summer() -> None:
    winter, summer = day_number(2024, 1, 15) * 1440 + 600, day_number(2024, 7, 15) * 1440 + 600
    assert utc(np.array([winter, summer, MISSING])).tolist() == [winter - 120, summer - 180, MISSING]


def test_clocks_turn_on_the_last_sundays_of_march_and_october() -> None:
    noon = np.array([day_number(2024, 3, day) * 1440 + 720 for day in (30, 31)])
    assert (noon - utc(noon)).tolist() == [120, 180]
    assert datetime.date(2024, 3, 31).weekday() == 6


def test_numbers_have_the_decimal_sign_of_the_system_and_missing_ones_are_empty() -> None:
    assert decimals(np.array([51.04, 0.05, np.nan]), 1, ",").to_pylist() == ["51,0", "0,0", None]
    assert decimals(np.array([1234.5]), 2, ".").to_pylist() == ["1234.50"]
    assert results(np.array([95.0, 48.2]), np.array([True, False]), ",").to_pylist() == [">90", "48,2"]
    assert whole(np.array([3, -1])).to_pylist() == [3, None]
