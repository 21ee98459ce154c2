"""What units, services, themes and moods of feedback are called in the reader's language."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.utils.translation import get_language, pgettext_lazy

from luotsi.concepts.records import Label
from luotsi.concepts.shipped import roots
from luotsi.web.people import words as people
from luotsi.web.results import queries as results

STATES = {
    "new": pgettext_lazy("a case of feedback", "Waits"),
    "taken": pgettext_lazy("a case of feedback", "Taken"),
    "resolved": pgettext_lazy("a case of feedback", "Ended"),
}


def language() -> str:
    """The reader's language: fi, sv or en."""
    code = (get_language() or "fi")[:2]
    return code if code in ("fi", "sv", "en") else "fi"


def said(label: Label) -> str:
    """A label of county content in the reader's language."""
    return getattr(label, language())


@cache
def _codes(name: str) -> dict[str, dict[str, str]]:
    tables = [root / "codes" / name / "codes.csv" for root in roots(settings.OVERLAY)]
    with [table for table in tables if table.exists()][-1].open(encoding="utf-8", newline="") as stream:
        return {row["code"]: row for row in csv.DictReader(stream)}


def codes(name: str) -> dict[str, str]:
    """The codes of a county code list with their words, in the list's order."""
    return {code: row[language()] for code, row in _codes(name).items()}


def themes() -> dict[str, str]:
    """The themes of feedback."""
    return codes("feedback_theme")


def moods() -> dict[str, str]:
    """The moods of feedback."""
    return codes("feedback_mood")


def outcomes() -> dict[str, str]:
    """How a case may end."""
    return codes("work_item_outcome")


def channels() -> dict[str, str]:
    """How feedback is given."""
    return codes("feedback_channel")


def services() -> dict[str, str]:
    """The services of the release that is shown, by code; in order of names."""
    release = results.current()
    found = results.labels(release, "service") if release else {}
    named = {code: row.get(language(), code) for code, row in found.items() if code != "unknown"}
    return dict(sorted(named.items(), key=lambda each: each[1].casefold()))


def about(ties: Mapping[str, str]) -> str:
    """What feedback is about, as a reader sees it: unit, service, team; "" for the whole county."""
    unit = people.unit(ties["unit"]) if ties.get("unit") else ""
    service = services().get(ties.get("service", ""), "")
    return ", ".join(each for each in (unit, service, ties.get("team", "")) if each)
