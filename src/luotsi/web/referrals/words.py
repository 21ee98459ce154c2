"""What referrals, their receivers, steps and answers are called in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from luotsi.concepts.referrals import ATTENDING, DECLINED, LAPSED, MET, PROPOSED, SENT
from luotsi.concepts.referrals import CLOSED as ENDED
from luotsi.web.people import codes
from luotsi.web.people.words import LANGUAGES, municipality
from luotsi.web.referrals.models import Meeting, Receiver, Referral, Score, Transition
from luotsi.web.ui import formats

Status = tuple[str, str]
"""A kind of status (good, attention, bad ...) and its words."""

STATES = "wellbeing_referral_state"
ITEMS = "wellbeing_referral_item"
OUTCOMES = "wellbeing_referral_outcome"
DECLINES = "wellbeing_referral_decline"

KINDS = {
    SENT: "info",
    PROPOSED: "attention",
    MET: "good",
    ATTENDING: "good",
    ENDED: "good",
    DECLINED: "attention",
    LAPSED: "attention",
}
MOMENTS = {
    Score.Moment.BEFORE: gettext_lazy("Before"),
    Score.Moment.AFTER: gettext_lazy("After"),
    Score.Moment.FOLLOW_UP: gettext_lazy("Later"),
}
INSTRUMENTS = {
    Score.Instrument.WHO_5: gettext_lazy("Wellbeing (WHO-5, 0 to 100)"),
    Score.Instrument.LONELY: gettext_lazy("Loneliness (0 to 4)"),
}
LONELY = (
    pgettext_lazy("how often lonely", "Never"),
    pgettext_lazy("how often lonely", "Seldom"),
    pgettext_lazy("how often lonely", "Now and then"),
    pgettext_lazy("how often lonely", "Fairly often"),
    pgettext_lazy("how often lonely", "All the time"),
)
"""How lonely, from 0 to 4."""
NEXT = {
    "draft": gettext_lazy("Go through with the person what is passed on, and record their consent."),
    "consented": gettext_lazy("The person has consented. Send the referral."),
    "waiting": gettext_lazy("The receiver is full. Nothing has been passed on. Try again, or choose another receiver."),
    "sent": gettext_lazy("The receiver answers within the agreed time. If not, the coordinator is told."),
    "accepted": gettext_lazy("The receiver proposes a time, or calls."),
    "proposed": gettext_lazy("The person answers the time that is proposed."),
    "met": gettext_lazy("The person and the receiver have met."),
    "attending": gettext_lazy("The person takes part."),
    "closed": gettext_lazy("The referral has ended."),
    "declined": gettext_lazy("The receiver could not take the referral. Choose another receiver with the person."),
    "lapsed": gettext_lazy("No one answered in time. Choose another receiver with the person."),
}
"""State -> what happens next, to staff."""
TOLD = {
    "draft": gettext_lazy("You decide what is told of you. Nothing has been passed on."),
    "consented": gettext_lazy("You have consented. Nothing has been passed on yet."),
    "waiting": gettext_lazy("The receiver has no free place now. Nothing has been passed on."),
    "sent": gettext_lazy("The receiver has got what you let be passed on, and will answer."),
    "accepted": gettext_lazy("The receiver has accepted, and will propose a time or call you."),
    "proposed": gettext_lazy("A time is proposed to you. Answer below."),
    "met": gettext_lazy("You have met."),
    "attending": gettext_lazy("You take part."),
    "closed": gettext_lazy("This has ended. The receiver sees nothing of you any more."),
    "declined": gettext_lazy("The receiver could not take you in. Your professional looks for another with you."),
    "lapsed": gettext_lazy("The receiver did not answer in time. Your professional looks for another with you."),
}
"""State -> how it stands, to the person."""


def name(named: Mapping[str, str]) -> str:
    """A name of the directory in the reader's language, or in the first that it has."""
    return named.get(formats.language()) or named.get("fi") or next(iter(named.values()), "")


def receiver(found: Receiver | None) -> str:
    """Who receives: the organisation, and its service where it is of one."""
    if found is None:
        return _("No receiver chosen")
    organisation = name(found.organisation.name)
    return f"{organisation}: {name(found.service.name)}" if found.service else organisation


def state(found: str) -> Status:
    """Where a referral is."""
    return KINDS.get(found, "neutral"), codes.label(STATES, found)


def score(found: Score) -> tuple[str, str]:
    """A score in words: when and of what, and how much."""
    what = f"{MOMENTS[Score.Moment(found.moment)]}: {INSTRUMENTS[Score.Instrument(found.instrument)]}"
    return what, _measured(found.instrument, found.value)


def _measured(instrument: str, value: int) -> str:
    return f"{value} – {LONELY[value]}" if instrument == Score.Instrument.LONELY else str(value)


def item(code: str, text: str) -> str:
    """The text of an item that is passed on, as people read it."""
    if code == "municipality":
        return municipality(text)
    if code == "language":
        return str(LANGUAGES.get(text, codes.label("language", text)))
    if code == "wellbeing":
        return "; ".join(_score_text(each) for each in text.split(", "))
    return text


def _score_text(told: str) -> str:
    moment, instrument, value = told.split(":")
    words = f"{MOMENTS[Score.Moment(moment)]}: {INSTRUMENTS[Score.Instrument(instrument)]}"
    return f"{words} {_measured(instrument, int(value))}"


def items(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each item with its text, in words."""
    return [(codes.label(ITEMS, code), item(code, text)) for code, text in texts.items()]


def steps(found: Iterable[Transition], referral: Referral) -> list[tuple[Any, str]]:
    """What has happened, the last first: when and what."""
    return [(each.at, _step(each)) for each in reversed(list(found))]


def _step(transition: Transition) -> str:
    said = codes.label(STATES, transition.after)
    if transition.decline_reason:
        return f"{said}: {codes.label(DECLINES, transition.decline_reason)}"
    return f"{said}: {codes.label(OUTCOMES, transition.outcome)}" if transition.outcome else said


def answer(meeting: Meeting) -> Status:
    """How a proposed time stands."""
    if meeting.attended is not None:
        return ("good", _("Met")) if meeting.attended else ("neutral", _("Did not meet"))
    if meeting.answer == Meeting.Answer.ACCEPTED:
        return "good", _("The time does")
    if meeting.answer == Meeting.Answer.ANOTHER:
        return "attention", _("Asks for another time")
    return "info", _("Waits for an answer")
