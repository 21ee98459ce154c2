"""What must hold for every series: order, units and origin of the scale change nothing that they should not."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luotsi.web.desk.signals.changes import change, judge
from luotsi.web.desk.signals.charts import Assurance, Chart, Mark, Word, assurance, chart, verdict
from luotsi.web.desk.signals.funnel import binomial_limits, place
from luotsi.web.desk.signals.limits import Reading
from luotsi.web.desk.signals.rules import Rule, Signal, find

SERIES = st.lists(st.integers(-1000, 1000), min_size=12, max_size=70)


def plain(values: list[float]) -> list[Reading]:
    return [Reading(str(number), value) for number, value in enumerate(values)]


def signals(drawn: Chart) -> list[tuple[Signal, ...]]:
    return [mark.signals for mark in drawn.marks]


def turned(found: list[tuple[Signal, ...]]) -> list[set[Signal]]:
    return [{Signal(each.rule, -each.side) for each in one} for one in found]


@given(SERIES, st.integers(-5000, 5000))
def test_moving_a_series_moves_its_limits_and_no_signal(values: list[int], by: int) -> None:
    one, other = chart(plain([*map(float, values)]), "xmr"), chart(plain([float(each + by) for each in values]), "xmr")
    assert signals(one) == signals(other)
    assert other.marks[0].centre == pytest.approx((one.marks[0].centre or 0) + by, abs=1e-6)


@given(SERIES, st.sampled_from([0.25, 2.0, 1024.0]))
def test_another_unit_changes_no_signal(values: list[int], factor: float) -> None:
    one, other = chart(plain([*map(float, values)]), "xmr"), chart(plain([each * factor for each in values]), "xmr")
    assert signals(one) == signals(other)


@given(SERIES)
def test_turning_a_series_upside_down_turns_the_signals(values: list[int]) -> None:
    one, other = chart(plain([*map(float, values)]), "xmr"), chart(plain([-float(each) for each in values]), "xmr")
    assert turned(signals(one)) == [set(each) for each in signals(other)]


@given(st.integers(12, 60), st.floats(-1e6, 1e6, allow_nan=False))
def test_a_constant_is_never_a_signal(length: int, value: float) -> None:
    drawn = chart(plain([value] * length), "xmr")
    assert not any(signals(drawn))
    assert len(drawn.phases) == 1


@given(st.integers(12, 60), st.integers(0, 40), st.integers(40, 5000))
def test_a_constant_share_is_never_a_signal(length: int, hits: int, size: int) -> None:
    readings = [Reading(str(number), hits / size, hits, size) for number in range(length)]
    assert not any(signals(chart(readings, "p")))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 400)), min_size=12, max_size=40))
def test_limits_of_a_share_stay_between_nothing_and_all(pairs: list[tuple[int, int]]) -> None:
    drawn = chart([Reading(str(number), hits / size, hits, size) for number, (hits, size) in enumerate(pairs)], "p")
    assert all(0 <= (mark.low or 0) <= (mark.centre or 0) <= (mark.high or 0) <= 1 for mark in drawn.marks)


@given(SERIES)
def test_missing_periods_change_no_signal_of_the_others(values: list[int]) -> None:
    full = plain([*map(float, values)])
    holes = [each for one in full for each in (one, Reading(one.period + "?", None))]
    found = [mark.signals for mark in chart(holes, "xmr").marks if mark.value is not None]
    assert found == signals(chart(full, "xmr"))


@settings(max_examples=30)
@given(st.integers(12, 60), st.integers(0, 2**32))
def test_the_same_readings_give_the_same_phases_and_they_cover_all(length: int, seed: int) -> None:
    draw = random.Random(seed)
    readings = plain([draw.gauss(0, 1) for _ in range(length)])
    one = chart(readings, "xmr")
    assert one == chart(readings, "xmr")
    assert [phase.start for phase in one.phases] == [0, *[phase.stop for phase in one.phases[:-1]]]
    assert one.phases[-1].stop == length
    assert all(phase.stop - phase.start >= 8 for phase in one.phases)


def test_chance_alone_seldom_starts_a_phase_or_a_signal() -> None:
    """300 series of 36 readings without a cause: as docs/explanation/signals.md says."""
    draw, new, alarmed = random.Random(7), 0, 0
    for _ in range(300):
        drawn = chart(plain([draw.gauss(100, 10) for _ in range(36)]), "xmr")
        new += len(drawn.phases) > 1
        alarmed += verdict(drawn, "up").word is not Word.NO_SIGNAL
    assert new / 300 < 0.04
    assert alarmed / 300 < 0.10


def test_a_lasting_shift_starts_a_phase_where_it_began() -> None:
    values = [49.0, 51.0, 52.0, 48.0] * 6 + [59.0, 61.0, 62.0, 58.0] * 6
    drawn = chart(plain(values), "xmr")
    assert [phase.start for phase in drawn.phases] == [0, 24]
    assert verdict(drawn, "up").word is Word.NO_SIGNAL


def test_a_shift_is_told_before_it_is_confirmed_and_while_it_is_new() -> None:
    values = [49.0, 51.0, 52.0, 48.0] * 6 + [54.0, 56.0, 57.0, 53.0] * 3 + [54.0]
    early, late = verdict(chart(plain(values[:34]), "xmr"), "down"), verdict(chart(plain(values), "xmr"), "down")
    assert (early.word, early.side) == (Word.WORSE, 1)
    assert (late.word, late.side, late.since) == (Word.WORSE, 1, "24")


@pytest.mark.parametrize(
    ("scores", "rule"),
    [
        ([0.5, -0.5, 3.2], Rule.BEYOND),
        ([0.1, 2.1, -0.3, 2.2], Rule.TWO_OF_THREE),
        ([0.5, 0.2, 0.7, 0.1, 0.9, 0.3, 0.6, 0.4], Rule.RUN),
        ([-1.5, -1.0, -0.5, 0.1, 0.6, 1.2], Rule.TREND),
    ],
)
def test_each_rule_is_found_at_the_reading_that_completes_it(scores: list[float], rule: Rule) -> None:
    assert find(scores)[-1] == (Signal(rule, 1),)
    assert not any(find(scores[:-1]))


def test_a_reading_on_the_line_neither_makes_nor_breaks_a_run() -> None:
    assert not any(find([0.5, 0.2, 0.7, 0.1, 0.0, 0.9, 0.3, 0.6]))
    assert Signal(Rule.RUN, 1) in find([0.5, 0.2, 0.7, 0.1, 0.0, 0.9, 0.3, 0.6, 0.2])[-1]


def test_too_few_readings_give_no_chart_and_a_missing_last_one_no_word() -> None:
    assert verdict(chart(plain([1.0] * 11), "xmr"), "up").word is Word.TOO_LITTLE
    assert verdict(chart([*plain([1.0] * 20), Reading("last", None)], "xmr"), "up").word is Word.MISSING
    assert verdict(chart([], "xmr"), "up").word is Word.MISSING


@pytest.mark.parametrize(("direction", "word"), [("up", Word.WORSE), ("down", Word.BETTER), ("none", Word.CHANGED)])
def test_a_verdict_follows_the_direction_of_the_measure(direction: str, word: Word) -> None:
    drawn = chart(plain([10.0, 11.0] * 8 + [3.0]), "xmr")
    assert verdict(drawn, direction).word is word  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("target", "direction", "expected"),
    [
        (0.5, "up", Assurance.RELIABLY),
        (0.75, "up", Assurance.BY_CHANCE),
        (0.95, "up", Assurance.NOT),
        (0.95, "down", Assurance.RELIABLY),
        (0.5, "down", Assurance.NOT),
        (None, "up", Assurance.UNKNOWN),
        (0.5, "none", Assurance.UNKNOWN),
    ],
)
def test_a_process_is_trusted_only_when_both_limits_are_good(target: float, direction: str, expected: str) -> None:
    drawn = Chart("p", (Mark("1", 0.75, 0.75, 0.6, 0.9, 0),), ())
    assert assurance(drawn, target, direction) is expected  # pyright: ignore[reportArgumentType]


@given(st.integers(0, 60), st.integers(61, 500), st.integers(0, 60), st.integers(61, 500))
def test_the_change_back_is_the_change_turned_round(x0: int, n0: int, x1: int, n1: int) -> None:
    one, two = Reading("a", x0 / n0, x0, n0), Reading("b", x1 / n1, x1, n1)
    there, back = change(one, two, "p"), change(two, one, "p")
    assert there is not None
    assert back is not None
    assert (there.low, there.high) == (pytest.approx(-(back.high or 0)), pytest.approx(-(back.low or 0)))
    assert (there.low or 0) <= there.difference + 1e-12
    assert there.difference - 1e-12 <= (there.high or 0)


def test_a_change_without_variation_around_it_is_too_little_data() -> None:
    assert judge(change(Reading("a", 1.0), Reading("b", 9.0), "xmr"), "up").word is Word.TOO_LITTLE
    around = [[1.0, 1.2, 0.9, 1.1, 1.0, 0.8], [9.0, 9.2, 8.8, 9.1, 9.0, 8.9]]
    assert judge(change(Reading("a", 1.0), Reading("b", 9.0), "xmr", around=around), "up").word is Word.BETTER
    assert judge(change(Reading("a", None), Reading("b", 9.0), "xmr"), "up").word is Word.MISSING


@given(st.integers(1, 3000), st.floats(0.001, 0.999))
def test_funnel_limits_stand_in_order_around_the_whole(size: int, share: float) -> None:
    found = binomial_limits(size, share)
    assert list(found) == sorted(found)
    assert found[0] >= 0
    assert found[3] <= 1
    assert place(-0.1, found) == -2
    assert place(1.1, found) == 2


@given(st.integers(100, 2000), st.floats(0.1, 0.9))
def test_a_larger_unit_has_a_narrower_funnel(size: int, share: float) -> None:
    small, large = binomial_limits(size, share), binomial_limits(size * 4, share)
    assert large[3] - large[0] < small[3] - small[0]
