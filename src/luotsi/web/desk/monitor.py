"""How data stand, from what the last runs of jobs kept in the database: sources, loads, releases, runs, content."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from luotsi.web.desk import words
from luotsi.web.desk.words import Status
from luotsi.web.results import queries as results
from luotsi.web.results.models import Run


@dataclass(frozen=True)
class Source:
    """How one source stands now. `newest`: the time its newest extract speaks for; times are wall time of ours."""

    name: str
    label: str
    schedule: str
    extracts: int
    rows: int
    quarantined: int
    newest: datetime.datetime | None
    landed_at: datetime.datetime | None
    status: Status
    reasons: Sequence[Mapping[str, Any]]


def sources(survey: Run | None, now: datetime.datetime | None = None) -> list[Source]:
    """Every source of the last survey, those that need someone first."""
    moment = timezone.make_naive(now or timezone.now())
    found = [_source(each, moment) for each in (survey.sources if survey and survey.sources else ())]
    worst = ("bad", "attention", "good", "neutral", "missing")
    return sorted(found, key=lambda each: (worst.index(each.status[0]), each.label.casefold()))


def _source(said: Mapping[str, Any], now: datetime.datetime) -> Source:
    newest = _time(said["newest"])
    return Source(
        name=said["source"],
        label=words.said(said["label"]),
        schedule=schedule(said["schedule"]),
        extracts=said["extracts"],
        rows=said["rows"],
        quarantined=said["quarantined"],
        newest=newest,
        landed_at=_time(said["landed_at"]),
        status=_standing(newest, said["allowed"], now),
        reasons=said["reasons"],
    )


def _time(text: str | None) -> datetime.datetime | None:
    return timezone.make_naive(moment) if text and (moment := _moment(text)) else None


def _moment(text: str) -> datetime.datetime:
    found = datetime.datetime.fromisoformat(text)
    return found if found.tzinfo else timezone.make_aware(found)


def _standing(newest: datetime.datetime | None, allowed: int | None, now: datetime.datetime) -> Status:
    """Whether a source is in time: `allowed` is how many days old its newest extract may be, None for any age."""
    if newest is None:
        return ("missing", _("Nothing has landed"))
    if allowed is None:
        return ("neutral", _("No schedule"))
    late = (now - newest).days - allowed
    if late <= 0:
        return ("good", _("In time"))
    return ("bad", ngettext("%(days)s day late", "%(days)s days late", late) % {"days": late})


def schedule(word: str) -> str:
    """How often a source sends, in the reader's language."""
    return {
        "daily": _("daily"),
        "weekly": _("weekly"),
        "monthly": _("monthly"),
        "yearly": _("yearly"),
        "once": _("no schedule"),
    }.get(word, word)


def step(word: str) -> str:
    """A step of a run, in the reader's language."""
    return {
        "check": _("checking the content"),
        "export": _("taking events to the lake"),
        "load": _("loading"),
        "survey": _("looking at the sources"),
        "release": _("computing the release"),
        "publish": _("publishing"),
        "segments": _("segments of persons"),
    }.get(word, word)


def kind(word: str) -> str:
    """What a run was for, in the reader's language."""
    return {"nightly": _("Nightly run"), "publish": _("Publishing"), "look": _("Look at the sources")}.get(word, word)


@dataclass(frozen=True)
class Ran:
    """One run as the page tells it. `steps`: (words, seconds)."""

    run: Run
    kind: str
    status: Status
    seconds: float | None
    step: str
    steps: Sequence[tuple[str, float]]


def runs() -> list[Ran]:
    """The latest runs, newest first."""
    return [_ran(each) for each in results.runs()]


def _ran(run: Run) -> Ran:
    going = ("info", _("Going on"))
    ended = ("bad", _("Failed")) if run.error else ("good", _("Done"))
    return Ran(
        run=run,
        kind=kind(run.kind),
        status=ended if run.ended_at else going,
        seconds=(run.ended_at - run.started_at).total_seconds() if run.ended_at else None,
        step=step(run.step),
        steps=[(step(name), seconds) for name, seconds in run.seconds.items()],
    )
