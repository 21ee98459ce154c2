"""What the desk says of numbers, in the reader's language: verdicts, rules, targets, groups, missing values.

Each status is (kind, words); the component `status` adds the shape and the colour.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from luotsi.web.desk import periods, readings
from luotsi.web.desk.judging import Judged
from luotsi.web.desk.signals.charts import Assurance, Mark, Verdict, Word
from luotsi.web.desk.signals.rules import Rule
from luotsi.web.results import queries as results
from luotsi.web.results.models import Release
from luotsi.web.ui import formats

Status = tuple[str, str]
KINDS = {
    Word.BETTER: "good",
    Word.WORSE: "bad",
    Word.CHANGED: "info",
    Word.NO_SIGNAL: "neutral",
    Word.TOO_LITTLE: "neutral",
    Word.MISSING: "missing",
}


def said(label: Mapping[str, str]) -> str:
    """A text of content in the reader's language."""
    return label[formats.language()]


def verdict(found: Verdict) -> Status:
    """The verdict in two or three words."""
    texts = {
        Word.BETTER: _("Change for the better"),
        Word.WORSE: _("Change for the worse"),
        Word.CHANGED: _("Clear change"),
        Word.NO_SIGNAL: _("Usual variation"),
        Word.TOO_LITTLE: _("Too little data to judge"),
        Word.MISSING: _("No number"),
    }
    return KINDS[found.word], texts[found.word]


def reason(found: Verdict) -> str:
    """Why: the rule in a sentence."""
    if found.word is Word.NO_SIGNAL:
        return _("What has moved is within what chance does.")
    if found.word is Word.TOO_LITTLE:
        return _("There are fewer than twelve values, and the change has no known margin of error.")
    if found.word is Word.MISSING:
        return _("The latest period has no number, so nothing is said of it.")
    since = periods.label(found.since) if found.since else ""
    if found.rule is None and not since:
        return _("The change from a year earlier is larger than chance alone would make.")
    return _sentence(found.rule, found.side > 0) % {"since": since}


def _sentence(rule: Rule | None, up: bool) -> str:
    if rule is Rule.BEYOND:
        return _("The latest value is above its limits.") if up else _("The latest value is below its limits.")
    if rule is Rule.TWO_OF_THREE:
        return (
            _("Two of three values are far above the mean.") if up else _("Two of three values are far below the mean.")
        )
    if rule is Rule.RUN:
        if up:
            return _("At least eight values in a row are above the mean, since %(since)s.")
        return _("At least eight values in a row are below the mean, since %(since)s.")
    if rule is Rule.TREND:
        if up:
            return _("At least six values in a row have risen, since %(since)s.")
        return _("At least six values in a row have fallen, since %(since)s.")
    return _("The level is higher since %(since)s.") if up else _("The level is lower since %(since)s.")


def target(found: Judged) -> Status | None:
    """Whether the target is reached; None where there is no target or no number to hold to it."""
    if found.reached is None:
        return None
    return ("good", _("Target reached")) if found.reached else ("attention", _("Short of target"))


def assurance(found: Assurance) -> str:
    """Whether the target will be reached as things are done now; "" where that cannot be said."""
    return {
        Assurance.RELIABLY: _("As things are done now, the target is reached every period."),
        Assurance.BY_CHANCE: _(
            "As things are done now, the target is reached in some periods and missed in others, by chance."
        ),
        Assurance.NOT: _("As things are done now, the target will not be reached."),
        Assurance.UNKNOWN: "",
    }[found]


def missing(found: Judged) -> str:
    """Why the last period has no number; "" where it has one."""
    if found.value is not None:
        return ""
    if found.suppressed:
        return _("Hidden: too few people")
    return _("No number")


def dimension(name: str) -> str:
    """The word for a dimension."""
    return {
        "municipality": _("Area"),
        "unit": _("Unit"),
        "service": _("Service"),
        "segment": _("Segment"),
        "age_group": _("Age group"),
        "sex": _("Sex"),
        "profession": _("Profession"),
        "speciality": _("Speciality"),
        "service_package": _("Service package"),
        "channel": _("Channel"),
        "queue": _("Queue"),
        "kind": _("Kind"),
        "urgency": _("Urgency"),
        "language": _("Language"),
        "place": _("Place"),
        "test": _("Test"),
        "destination": _("Place after the stay"),
        "person_group": _("Group of persons"),
    }.get(name, name)


def code(release: Release, name: str, value: str) -> str:
    """The word for a code of a dimension; the code itself where the release has none."""
    known = results.labels(release, name).get(value)
    return known[formats.language()] if known else value


def group(release: Release, text: str) -> str:
    """The words for a group: "Viitasaari · 65–74"; the whole county for the total."""
    found = readings.parts(text)
    if not found:
        return _("Whole county")
    return " · ".join(code(release, name, value) for name, value in found.items())


def family(name: str) -> str:
    """The word for a family of measures."""
    return {
        "access": _("Access to care"),
        "continuity": _("Continuity of care"),
        "directory": _("Service directory"),
        "experience": _("Experience of clients"),
        "flow": _("Wards and flow"),
        "families": _("Children and families"),
        "money": _("Money"),
        "older": _("Older people"),
        "prevention": _("Prevention"),
        "quality": _("Quality of data"),
        "registers": _("Long-term illness"),
        "social": _("Social services"),
        "staff": _("Staff"),
        "volume": _("Volumes"),
    }.get(name, name)


def level(name: str) -> str:
    """The word for a level of leading."""
    return {"strategic": _("Strategic"), "tactical": _("Tactical"), "operational": _("Operational")}.get(name, name)


def grain(name: str) -> str:
    """The word for a length of period."""
    return {"month": _("Months"), "quarter": _("Quarters"), "year": _("Years")}[name]


def signals(mark: Mark) -> str:
    """The signals a period is part of, in a few words; "" for none."""
    texts = {
        (Rule.BEYOND, 1): _("above its limits"),
        (Rule.BEYOND, -1): _("below its limits"),
        (Rule.TWO_OF_THREE, 1): _("two of three far above"),
        (Rule.TWO_OF_THREE, -1): _("two of three far below"),
        (Rule.RUN, 1): _("a run above the mean"),
        (Rule.RUN, -1): _("a run below the mean"),
        (Rule.TREND, 1): _("rising"),
        (Rule.TREND, -1): _("falling"),
    }
    return ", ".join(texts[each.rule, each.side] for each in mark.signals)
