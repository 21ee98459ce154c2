"""A control chart of one series: limits for each phase, the signals, and what the last reading says.

Limits stand in `limits`, rules in `rules`. No drawing here: that is `desk.pictures`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from luotsi.web.desk.signals import limits, rules
from luotsi.web.desk.signals.limits import SIGMAS, Line, Reading
from luotsi.web.desk.signals.rules import Rule, Signal

Kind = Literal["p", "u", "xmr"]
Direction = Literal["up", "down", "none"]

FEWEST = 12
"""Fewer readings than this make no chart: their limits would be guesses (Montgomery asks 20 to 25 for final limits;
the NHS guidance Making Data Count lets provisional ones be drawn from about 12)."""
BASELINE = 24
"""The limits of a phase come from its first readings, this many at most, so that later ones are judged by earlier."""
CONFIRMS = 12
HELD = 10
NEWS = 18
"""A new level is told as a signal while its phase has fewer readings than this."""


@dataclass(frozen=True)
class Phase:
    """A stretch of time with its own limits: from `start` up to but not with `stop`, places in the readings known."""

    start: int
    stop: int
    line: Line


@dataclass(frozen=True)
class Mark:
    """A reading on the chart. `low` and `high` are its limits; all None where the period has no number."""

    period: str
    value: float | None
    centre: float | None = None
    low: float | None = None
    high: float | None = None
    phase: int | None = None
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A control chart: one mark for each reading given. `phases` is empty when there are too few readings."""

    kind: Kind
    marks: tuple[Mark, ...]
    phases: tuple[Phase, ...]


class Word(StrEnum):
    """What the last reading of a series says."""

    BETTER = "better"
    WORSE = "worse"
    CHANGED = "changed"
    """A signal in a measure that has no good direction."""
    NO_SIGNAL = "no_signal"
    TOO_LITTLE = "too_little"
    MISSING = "missing"


@dataclass(frozen=True)
class Verdict:
    """The word, the rule it rests on (None: the new level of a phase, or no rule) and the period it began."""

    word: Word
    rule: Rule | None = None
    side: int = 0
    since: str | None = None


_LINES: dict[Kind, Callable[[Sequence[Reading]], Line]] = {
    "p": limits.proportions,
    "u": limits.rates,
    "xmr": limits.individuals,
}


def chart(readings: Sequence[Reading], kind: Kind, scale: float = 1.0) -> Chart:
    """The control chart of readings in order of time.

    Values are in the measure's unit; for p and u they are numerator / denominator * `scale`, and so are the limits.
    Periods without a number are skipped, not bridged: neighbours are the readings that are known.
    """
    known = [place for place, each in enumerate(readings) if _usable(each, kind)]
    if len(known) < FEWEST:
        return Chart(kind, tuple(Mark(each.period, each.value) for each in readings), ())
    used = [readings[place] for place in known]
    phases = _phases(used, kind)
    marks = [Mark(each.period, each.value) for each in readings]
    factor = 1.0 if kind == "xmr" else scale
    for number, phase in enumerate(phases):
        stretch = used[phase.start : phase.stop]
        found = rules.find([_score(each, phase.line, kind) for each in stretch])
        for place, reading, signals in zip(known[phase.start : phase.stop], stretch, found, strict=True):
            low, high = _bounds(phase.line, reading, kind)
            marks[place] = Mark(
                reading.period, reading.value, phase.line.centre * factor, low * factor, high * factor, number, signals
            )
    return Chart(kind, tuple(marks), tuple(phases))


def verdict(drawn: Chart, direction: Direction) -> Verdict:
    """What the last reading says: the strongest rule it is part of, else a level that is still new, else no signal.

    Better and worse follow the measure's direction; without one a signal is only a change.
    """
    last = drawn.marks[-1] if drawn.marks else None
    if last is None or last.value is None:
        return Verdict(Word.MISSING)
    if not drawn.phases or last.phase is None:
        return Verdict(Word.TOO_LITTLE)
    if last.signals:
        signal = last.signals[0]
        return Verdict(_word(signal.side, direction), signal.rule, signal.side, _since(drawn, signal))
    phase = drawn.phases[-1]
    if len(drawn.phases) > 1 and phase.stop - phase.start < NEWS:
        side = 1 if phase.line.centre > drawn.phases[-2].line.centre else -1
        began = next(mark.period for mark in drawn.marks if mark.phase == last.phase)
        return Verdict(_word(side, direction), None, side, began)
    return Verdict(Word.NO_SIGNAL)


class Assurance(StrEnum):
    """Whether a process as it is now can be trusted to reach its target (NHS England, Making Data Count)."""

    RELIABLY = "reliably"
    BY_CHANCE = "by_chance"
    NOT = "not"
    UNKNOWN = "unknown"


def assurance(drawn: Chart, target: float | None, direction: Direction) -> Assurance:
    """Both limits on the good side of the target: reliably; on the bad side: not; the target between: by chance."""
    last = drawn.marks[-1] if drawn.marks else None
    if target is None or direction == "none" or last is None or last.low is None or last.high is None:
        return Assurance.UNKNOWN
    low, high = (last.low, last.high) if direction == "up" else (-last.high, -last.low)
    goal = target if direction == "up" else -target
    return Assurance.RELIABLY if low >= goal else Assurance.NOT if high < goal else Assurance.BY_CHANCE


def _word(side: int, direction: Direction) -> Word:
    if direction == "none":
        return Word.CHANGED
    return Word.BETTER if (side > 0) == (direction == "up") else Word.WORSE


def _since(drawn: Chart, signal: Signal) -> str:
    began = drawn.marks[-1].period
    for mark in reversed(drawn.marks):
        if mark.value is None:
            continue
        if signal not in mark.signals or mark.phase != drawn.marks[-1].phase:
            break
        began = mark.period
    return began


def _usable(reading: Reading, kind: Kind) -> bool:
    if reading.value is None:
        return False
    return kind == "xmr" or (bool(reading.denominator) and reading.numerator is not None)


def _value(reading: Reading, kind: Kind) -> float:
    return (reading.value or 0.0) if kind == "xmr" else (reading.numerator or 0.0) / (reading.denominator or 1.0)


def _score(reading: Reading, line: Line, kind: Kind) -> float:
    away = _value(reading, kind) - line.centre
    sigma = line.sigma(reading)
    if abs(away) <= 1e-12 * max(abs(line.centre), abs(_value(reading, kind))):
        return 0.0
    return away / sigma if sigma > 0 else (4.0 if away > 0 else -4.0)


def _bounds(line: Line, reading: Reading, kind: Kind) -> tuple[float, float]:
    reach = SIGMAS * line.sigma(reading)
    low, high = line.centre - reach, line.centre + reach
    if kind != "xmr":
        low = max(low, 0.0)
    return low, (min(high, 1.0) if kind == "p" else high)


def _phases(used: Sequence[Reading], kind: Kind) -> list[Phase]:
    """Stretches with limits of their own: a new one begins where a confirmed shift begins.

    A shift is confirmed when a run of eight on one side of the centre line starts at least eight readings into the
    phase, twelve readings have passed since its start, ten of those twelve stand on that side, and their mean is three
    standard errors from the line (the limits of a chart of means of twelve). Limits are then drawn anew from that
    start. The rule is ours: it has no memory and no choice in it, so the same readings always give the same phases.
    """
    starts = [0]
    while (shift := _shift(used[starts[-1] :], kind)) is not None:
        starts.append(starts[-1] + shift)
    stops = [*starts[1:], len(used)]
    return [
        Phase(start, stop, _LINES[kind](used[start : min(stop, start + BASELINE)]))
        for start, stop in zip(starts, stops, strict=True)
    ]


def _shift(used: Sequence[Reading], kind: Kind) -> int | None:
    line = _LINES[kind](used[:BASELINE])
    scores = [_score(each, line, kind) for each in used]
    for start, stop, side in rules.runs(scores):
        after = scores[start : start + CONFIRMS]
        long = stop - start >= rules.RUN and start >= rules.RUN
        held = sum(score * side > rules.EQUAL for score in after) >= HELD
        if long and held and len(after) == CONFIRMS and abs(sum(after)) >= SIGMAS * math.sqrt(CONFIRMS):
            return start
    return None
