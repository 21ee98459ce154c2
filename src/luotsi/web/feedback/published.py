"""The published results that the public page shows: national statements, the response rate, and who is not heard.

They come from the release that is shown, which has hidden small groups before it left the engine. No answer is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from luotsi.web.results import queries as results
from luotsi.web.results.models import Release
from luotsi.web.results.queries import Definition, Point

RATE = "feedback_response_rate"
INDEX = "nps"
STATEMENTS = tuple(
    f"feedback_{each}" for each in ("help", "treatment", "promptness", "decisions", "clarity", "next_steps", "safety")
)
GROUPS = ("age_group", "sex", "language", "municipality")
"""By which those who were asked are compared with those who answered."""


@dataclass(frozen=True)
class Line:
    """One measure of a period. `point` is None where nothing is published; it may be hidden."""

    label: str
    unit: str
    point: Point | None


@dataclass(frozen=True)
class Heard:
    """A group's share of those asked and of those who answered; None where the group is hidden."""

    label: str
    asked: float | None
    answered: float | None
    rate: float | None

    @property
    def gap(self) -> float | None:
        """How much more of the answers than of the asked the group is, between -1 and 1."""
        return None if self.asked is None or self.answered is None else self.answered - self.asked


@dataclass(frozen=True)
class Published:
    """What is told of a unit, a service or the whole county in one period. `heard`: by dimension."""

    period: str
    before: str
    lines: tuple[Line, ...]
    earlier: tuple[Line, ...]
    rate: Line
    heard: Mapping[str, tuple[Heard, ...]]

    @property
    def is_empty(self) -> bool:
        """Whether there is no number at all."""
        return all(each.point is None for each in (*self.lines, self.rate))


def of(release: Release, about: Mapping[str, str], period: str) -> Published:
    """The results of a unit {"unit": code}, a service or the county ({}) in a period, and in the one before."""
    known = results.definitions(release)
    names = [name for name in (INDEX, *STATEMENTS, RATE) if name in known]
    group = ";".join(f"{name}={code}" for name, code in sorted(about.items()))
    grain = results.grain_of(period)
    series = results.many(release, [(name, grain, group) for name in names])
    earlier = previous(period)

    def line(name: str, when: str) -> Line:
        points = series.get((name, grain, group), [])
        definition = known.get(name)
        return Line(_label(definition), definition.unit if definition else "", _at(points, when))

    shown = [name for name in names if name != RATE]
    return Published(
        period=period,
        before=earlier,
        lines=tuple(line(name, period) for name in shown),
        earlier=tuple(line(name, earlier) for name in shown),
        rate=line(RATE, period),
        heard={name: _heard(release, about, name, period) for name in GROUPS} if RATE in known else {},
    )


def periods(release: Release) -> list[str]:
    """The years and quarters that have feedback results of the whole county, newest first."""
    found = results.many(release, [(INDEX, grain, "") for grain in ("year", "quarter")])
    names = {point.period for points in found.values() for point in points if point.n or point.suppressed}
    return sorted(names, key=lambda each: (each[:4], "Q" not in each, each), reverse=True)


def previous(period: str) -> str:
    """The period before a year or a quarter."""
    year, _, quarter = period.partition("-Q")
    if not quarter:
        return str(int(year) - 1)
    return f"{int(year) - 1}-Q4" if quarter == "1" else f"{year}-Q{int(quarter) - 1}"


def index_by(release: Release, dimension: str, period: str) -> list[tuple[str, str, Point]]:
    """(code, label, index) of each unit or service that has results in a period, by label."""
    labels = results.labels(release, dimension)
    found = results.groups(release, INDEX, period=period, dimensions=(dimension,))
    named = [(point.group.partition("=")[2], point) for point in found if point.n or point.suppressed]
    told = [(code, _word(labels.get(code, {}), code), point) for code, point in named]
    return sorted(told, key=lambda each: each[1].casefold())


def _heard(release: Release, about: Mapping[str, str], dimension: str, period: str) -> tuple[Heard, ...]:
    """The groups of a dimension. Shares are of the groups that are not hidden."""
    if about and "unit" not in about:
        return ()
    found = results.groups(release, RATE, period=period, dimensions=(*about, dimension))
    mine = [(codes, point) for point in found if about.items() <= (codes := _codes(point.group)).items()]
    asked = sum(point.denominator or 0 for _codes_of, point in mine)
    answered = sum(point.numerator or 0 for _codes_of, point in mine)
    labels = results.labels(release, dimension)
    return tuple(
        Heard(
            label=_word(labels.get(codes[dimension], {}), codes[dimension]),
            asked=_share(point.denominator, asked),
            answered=_share(point.numerator, answered),
            rate=point.value,
        )
        for codes, point in mine
    )


def _codes(group: str) -> dict[str, str]:
    return dict(each.split("=", 1) for each in group.split(";") if each)


def _share(part: float | None, whole: float) -> float | None:
    return None if part is None or not whole else part / whole


def _at(points: Sequence[Point], period: str) -> Point | None:
    return next((point for point in points if point.period == period), None)


def _label(definition: Definition | None) -> str:
    return _word(definition.label, definition.measure) if definition else ""


def _word(words: Mapping[str, str], code: str) -> str:
    return words.get((get_language() or "fi")[:2]) or words.get("fi") or code
