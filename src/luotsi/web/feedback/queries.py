"""Reads feedback for the staff of a unit. What everyone may see comes from published.py, and never from here."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from luotsi.concepts.queues import RESOLVED
from luotsi.web.feedback.models import Answer, Case, Correction, Deed, Invitation, Place, digest
from luotsi.web.feedback.permissions import ALLOWED
from luotsi.web.people.models import User
from luotsi.web.people.permissions import require

MONTHS = 12
"""How far back the staff's page looks."""
ROWS = 2_000
"""How many answers, the newest, it looks at at once."""


def own_units(by: User, action: str) -> frozenset[str] | None:
    """The units in which a user may do an action; None for the whole county."""
    held = {unit for role, unit in by.held if role in ALLOWED[action]}
    return None if "" in held else frozenset(held)


def _own(by: User, action: str, field: str = "unit") -> Q:
    units = own_units(by, action)
    return Q() if units is None else Q(**{f"{field}__in": units})


@dataclass(frozen=True)
class Seen:
    """An answer with the themes and mood that hold: those of the newest correction, else the machine's."""

    answer: Answer
    themes: Sequence[str]
    mood: str
    is_corrected: bool


def _seen(answer: Answer) -> Seen:
    last = next(iter(answer.corrections.all()), None)  # pyright: ignore[reportAttributeAccessIssue]
    if last is None:
        return Seen(answer, answer.themes, answer.mood, False)
    return Seen(answer, last.themes, last.mood, True)


def _answers(by: User) -> QuerySet[Answer]:
    rows = Answer.objects.filter(_own(by, "feedback.read"))
    return rows.select_related("case", "place").prefetch_related(Prefetch("corrections", Correction.objects.all()))


@dataclass(frozen=True)
class Filters:
    """What the staff's list is narrowed to; "" for all."""

    unit: str = ""
    theme: str = ""
    mood: str = ""
    since: datetime.date | None = None


def answers(*, by: User, filters: Filters) -> list[Seen]:
    """The answers of the user's units in the last `MONTHS` months, newest first, at most `ROWS`."""
    require(by, "feedback.read")
    since = filters.since or timezone.localdate() - datetime.timedelta(days=31 * MONTHS)
    rows = _answers(by).filter(given_at__date__gte=since)
    if filters.unit:
        rows = rows.filter(unit=filters.unit)
    found = [_seen(row) for row in rows[:ROWS]]
    return [each for each in found if filters.theme in ("", *each.themes) and filters.mood in ("", each.mood)]


def answer(*, by: User, answer_id: str) -> Seen | None:
    """One answer of the user's units."""
    require(by, "feedback.read")
    row = _answers(by).filter(pk=answer_id).first()
    return _seen(row) if row else None


def themes(found: Sequence[Seen]) -> list[tuple[str, Mapping[str, int]]]:
    """How many answers each theme has, in all and by mood, the most spoken of first."""
    counted: dict[str, Counter[str]] = {}
    for each in found:
        for theme in each.themes:
            counted.setdefault(theme, Counter())[each.mood] += 1
    by_size = sorted(counted.items(), key=lambda each: (-each[1].total(), each[0]))
    return [(theme, {**moods, "all": moods.total()}) for theme, moods in by_size]


def months(found: Sequence[Seen]) -> list[tuple[str, int, float | None]]:
    """(month, answers, mean of nps) of each month that has answers, the newest first."""
    by_month: dict[str, list[Seen]] = {}
    for each in found:
        by_month.setdefault(f"{timezone.localtime(each.answer.given_at):%Y-%m}", []).append(each)
    return [(month, len(rows), _mean_nps(rows)) for month, rows in sorted(by_month.items(), reverse=True)]


def _mean_nps(rows: Sequence[Seen]) -> float | None:
    given = [each.answer.scores["nps"] for each in rows if "nps" in each.answer.scores]
    return sum(given) / len(given) if given else None


def agreement(*, by: User) -> tuple[int, int]:
    """(answers where the machine's main theme was right, answers a professional has corrected or confirmed)."""
    require(by, "feedback.read")
    rows = [_seen(row) for row in _answers(by).exclude(corrections=None).distinct()]
    return sum(each.themes[:1] == each.answer.themes[:1] for each in rows), len(rows)


def cases(*, by: User, ended: bool = False) -> list[Case]:
    """The cases of the user's units: open ones, the first due first, so that late ones rise; or those that ended."""
    require(by, "feedback.reply")
    rows = Case.objects.filter(_own(by, "feedback.reply", "answer__unit")).select_related("answer", "taken_by")
    return list(rows.filter(state=RESOLVED).order_by("-ended_at")[:100] if ended else rows.exclude(state=RESOLVED))


def case(*, by: User, pk: int) -> Case | None:
    """One case of the user's units."""
    require(by, "feedback.reply")
    rows = Case.objects.filter(_own(by, "feedback.reply", "answer__unit")).select_related("answer", "taken_by")
    return rows.filter(pk=pk).first()


def case_of(answer: Answer) -> Case | None:
    """The case an answer opened, for who gave the answer: only its deadline is theirs to see."""
    return Case.objects.filter(answer=answer).first()


def places(*, by: User) -> list[Place]:
    """The places of the units the user leads, open ones first."""
    require(by, "feedback.place")
    return sorted(Place.objects.filter(_own(by, "feedback.place")), key=lambda each: each.closed_on is not None)


def place(code: str) -> Place | None:
    """The place of a code, open or closed. For anyone: it holds nothing of anyone."""
    return Place.objects.filter(code=code).first()


def invitation(secret: str) -> Invitation | None:
    """The invitation of a link's secret, answered or not. For who holds the link."""
    return Invitation.objects.filter(digest=digest(secret)).first()


def deeds(unit: str) -> list[Deed]:
    """What a unit, or the whole county (""), has told in public, newest first."""
    return list(Deed.objects.filter(unit=unit, removed_at=None))


def deed(*, by: User, pk: int) -> Deed | None:
    """A deed of a unit the user leads."""
    require(by, "feedback.tell")
    return Deed.objects.filter(_own(by, "feedback.tell"), pk=pk).first()


def own_deeds(*, by: User) -> list[Deed]:
    """What the units that the user leads tell in public now."""
    require(by, "feedback.tell")
    return list(Deed.objects.filter(_own(by, "feedback.tell"), removed_at=None).select_related("author"))
