"""Worked examples from the literature, to the digits printed there."""

import random

import pytest

from luotsi.web.desk.signals import limits, rules
from luotsi.web.desk.signals.changes import change, wilson
from luotsi.web.desk.signals.charts import chart
from luotsi.web.desk.signals.funnel import TAILS, binomial_limits, poisson_limits
from luotsi.web.desk.signals.limits import Reading
from luotsi.web.desk.signals.rules import Rule, Signal


def plain(values: list[float]) -> list[Reading]:
    return [Reading(str(place), value) for place, value in enumerate(values)]


def shares(hits: list[int], size: int) -> list[Reading]:
    return [Reading(str(place), each / size, each, size) for place, each in enumerate(hits)]


# NIST/SEMATECH e-Handbook 6.3.2.2, flow rate of ten batches
VISCOSITY = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
# NIST/SEMATECH e-Handbook 6.3.3.2 and Montgomery, example 7.1: 30 samples of 50
DEFECTIVE = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
# NIST/SEMATECH e-Handbook 6.3.3.1: defects on 25 wafers
DEFECTS = [16, 14, 28, 16, 12, 20, 10, 12, 10, 17, 19, 17, 14, 16, 15, 13, 14, 16, 11, 20, 11, 19, 16, 31, 13]


def test_xmr_limits_are_those_of_the_nist_handbook() -> None:
    line = limits.individuals(plain(VISCOSITY))
    assert line.centre == pytest.approx(50.81)
    assert limits.moving_range(VISCOSITY) == pytest.approx(1.8778, abs=5e-5)
    assert line.centre + 3 * line.spread == pytest.approx(55.8041, abs=5e-5)
    assert line.centre - 3 * line.spread == pytest.approx(45.8159, abs=5e-5)


def test_p_chart_limits_are_those_of_the_nist_handbook_and_of_montgomery() -> None:
    readings = shares(DEFECTIVE, 50)
    line = limits.proportions(readings)
    assert line.centre == pytest.approx(0.2313, abs=5e-5)
    sigma = line.spread / 50**0.5
    assert line.centre + 3 * sigma == pytest.approx(0.4102, abs=5e-5)
    assert line.centre - 3 * sigma == pytest.approx(0.0524, abs=5e-5)
    beyond = [place + 1 for place, each in enumerate(readings) if abs((each.value or 0) - line.centre) > 3 * sigma]
    assert beyond == [15, 23]


def test_u_chart_of_single_wafers_is_the_c_chart_of_the_nist_handbook() -> None:
    line = limits.rates([Reading(str(place), each, each, 1) for place, each in enumerate(DEFECTS)])
    assert line.centre == 16
    assert line.centre + 3 * line.spread == pytest.approx(28)
    assert line.centre - 3 * line.spread == pytest.approx(4)
    scores = [(each - line.centre) / line.spread for each in DEFECTS]
    assert [place for place, found in enumerate(rules.find(scores)) if Signal(Rule.BEYOND, 1) in found] == [23]


def test_the_widening_of_laney_is_the_moving_range_of_standardised_readings() -> None:
    readings = [Reading(str(place), hits / 10_000, hits, 10_000) for place, hits in enumerate([5000, 5500] * 6)]
    line = limits.proportions(readings)
    step = (500 / 10_000) / (0.525 * 0.475 / 10_000) ** 0.5
    assert line.widening == pytest.approx(step / 1.128)
    drawn = chart(readings, "p")
    assert not any(mark.signals for mark in drawn.marks)


def test_the_interval_of_a_share_is_newcombes() -> None:
    low, high = wilson(81, 263)
    assert (low, high) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))


def test_the_interval_of_a_difference_of_shares_is_newcombes() -> None:
    found = change(Reading("a", 48 / 80, 48, 80), Reading("b", 56 / 70, 56, 70), "p")
    assert found is not None
    assert found.difference == pytest.approx(0.2)
    assert found.low == pytest.approx(0.0524, abs=5e-5)
    assert found.high == pytest.approx(0.3339, abs=5e-5)
    assert found.certain is True


def test_rules_give_false_alarms_as_seldom_as_champ_and_woodall_computed() -> None:
    """Champ and Woodall, Technometrics 29:393-399, 1987: without a cause, rules 1, 2 and 4 of Western Electric alarm
    once in 122.05 readings on average; rule 1 alone once in 370.4."""
    draw, waited = random.Random(20240229), []
    wanted = {Rule.BEYOND, Rule.TWO_OF_THREE, Rule.RUN}
    for _ in range(300):
        scores: list[float] = []
        while True:
            scores.append(draw.gauss(0, 1))
            if any(signal.rule in wanted for signal in rules.find(scores[-8:])[-1]):
                break
        waited.append(len(scores))
    assert sum(waited) / len(waited) == pytest.approx(122.05, rel=0.17)


def test_exact_funnel_limits_are_quantiles_of_the_binomial_distribution() -> None:
    """Ten tosses of a fair coin: P(X <= 1) = 11/1024, P(X <= 2) = 56/1024: the 2.5 % point is 2 - (56 - 25.6)/45."""
    inner = binomial_limits(10, 0.5)
    assert inner[1] * 10 == pytest.approx(2 - (56 - 25.6) / 45)
    assert inner[2] * 10 == pytest.approx(8 - (1013 - 0.975 * 1024) / 45)


def test_exact_poisson_limits_are_quantiles_of_the_poisson_distribution() -> None:
    """Mean 1: P(0) = 0.3679; P(X <= 3) = 0.9810 and P(X <= 2) = 0.9197, so the 97.5 % point lies between 2 and 3."""
    low, _, inner, outer = poisson_limits(1.0, 1.0)
    assert low == 0
    assert inner == pytest.approx(3 - (0.98101 - 0.975) / 0.06131, abs=1e-3)
    assert outer > inner


def test_wide_funnels_are_near_two_and_three_standard_deviations() -> None:
    sigma = (0.3 * 0.7 / 5000) ** 0.5
    found = binomial_limits(5000, 0.3)
    assert [round((each - 0.3) / sigma, 1) for each in found] == [-3.1, -2.0, 2.0, 3.1]
    assert len(TAILS) == len(found)
