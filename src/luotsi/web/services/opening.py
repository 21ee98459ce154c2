"""When channels are open: which are now, and their hours as people write them.

An exception wins over what is regular. On a public holiday regular hours do not hold, but for what never closes.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import holidays
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from luotsi.web.services.indexing import text
from luotsi.web.services.models import Channel, Hours

MIDNIGHT = 24 * 60
AHEAD = datetime.timedelta(days=60)
"""How long before an exception is told."""

Span = tuple[int, int]
"""Minutes of the day from, to."""


@dataclass(frozen=True, slots=True)
class Told:
    """The hours of a channel for a page: regular and exceptional lines, and whether it is open now, in words."""

    regular: tuple[tuple[str, str], ...]
    exceptions: tuple[tuple[str, str], ...]
    open: bool | None
    now: str


@cache
def _holidays(year: int, language: str) -> dict[datetime.date, str]:
    named = {"fi": "fi", "sv": "sv_FI", "en": "en_US"}.get(language, "fi")
    return dict(holidays.country_holidays("FI", years=year, language=named))


def holiday(day: datetime.date, language: str = "fi") -> str:
    """The name of the public holiday of a day; "" for another day."""
    return _holidays(day.year, language).get(day, "")


def minute(at: datetime.datetime) -> tuple[datetime.date, int]:
    """The day and the minute of the day by the clocks of Finland."""
    local = timezone.localtime(at)
    return local.date(), local.hour * 60 + local.minute


def open_channels(at: datetime.datetime) -> QuerySet[Channel]:
    """The channels that are open at a moment."""
    day, now = minute(at)
    holds = (Q(since=None) | Q(since__lte=day)) & (Q(until=None) | Q(until__gte=day))
    open_then = Q(opens__lte=now, closes__gt=now)
    if holiday(day):
        open_then &= Q(weekday=None) | Q(opens=0, closes=MIDNIGHT)
    exceptions = Hours.objects.filter(holds, weekday=None)
    open_hours = Hours.objects.filter(holds, open_then).filter(Q(weekday=None) | Q(weekday=day.isoweekday()))
    excepted = exceptions.filter(channel=OuterRef("pk"))
    # few are open at night: those are found first, by what they have in common, and exceptions asked only of them
    return Channel.objects.filter(removed_at=None, pk__in=open_hours.values("channel")).filter(
        ~Exists(excepted) | Exists(excepted.filter(open_then))
    )


def open_now(services: Iterable[int]) -> set[int]:
    """Which of some services have a channel that is open now."""
    found = open_channels(timezone.now()).filter(services__in=list(services))
    return set(found.values_list("services", flat=True))


def spans(hours: Iterable[Hours], day: datetime.date) -> list[Span]:
    """When a channel is open on a day, in order."""
    holding = [each for each in hours if (each.since or day) <= day <= (each.until or day)]
    chosen = [each for each in holding if each.weekday is None]
    if not chosen:
        chosen = [each for each in holding if each.weekday == day.isoweekday()]
        if holiday(day):
            chosen = [each for each in chosen if each.opens == 0 and each.closes == MIDNIGHT]
    return sorted({(each.opens, each.closes) for each in chosen if each.opens is not None and each.closes is not None})


def told(hours: Sequence[Hours], at: datetime.datetime) -> Told:
    """The hours of a channel, for a page that is read at a moment."""
    day, now = minute(at)
    regular = [each for each in hours if each.weekday is not None and (each.until or day) >= day]
    coming = [
        each
        for each in hours
        if each.weekday is None and each.since and each.until and each.until >= day and each.since <= day + AHEAD
    ]
    if not hours:
        return Told((), (), None, "")
    today = spans(hours, day)
    closing = next((closes for opens, closes in today if opens <= now < closes), None)
    return Told(tuple(_regular(regular)), tuple(_exceptions(coming)), closing is not None, _now(day, now, today))


def _now(day: datetime.date, now: int, today: list[Span]) -> str:
    closing = next((closes for opens, closes in today if opens <= now < closes), None)
    if closing == MIDNIGHT:
        return _("Open now")
    if closing is not None:
        return _("Open now, until %(time)s") % {"time": clock(closing)}
    opening = next((opens for opens, _closes in today if opens > now), None)
    if opening is not None:
        return _("Closed now, opens today at %(time)s") % {"time": clock(opening)}
    name = holiday(day, get_language() or "fi")
    return _("Closed today: %(holiday)s") % {"holiday": name} if name and not today else _("Closed now")


def _regular(hours: Sequence[Hours]) -> Iterable[tuple[str, str]]:
    """Weekdays that are alike together: ("ma–pe", "8–16"). Hours of a season come with its days."""
    seasons = sorted({(each.since, each.until) for each in hours}, key=lambda each: each[0] or datetime.date.min)
    for since, until in seasons:
        own = [each for each in hours if (each.since, each.until) == (since, until)]
        week = {
            weekday: sorted({(h.opens or 0, h.closes or 0) for h in own if h.weekday == weekday})
            for weekday in range(1, 8)
        }
        note = next((text(each.note, get_language() or "fi") for each in own if each.note), "")
        season = days(since, until) if until else ""
        if all(each == [(0, MIDNIGHT)] for each in week.values()):
            yield _joined(_("always"), season, note), _("open round the clock")
            continue
        first = 1
        while first <= 7:
            last = first
            while last < 7 and week[last + 1] == week[first]:
                last += 1
            if week[first]:
                yield _joined(weekdays(first, last), season, note), ", ".join(span(*each) for each in week[first])
            first = last + 1


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _exceptions(hours: Sequence[Hours]) -> Iterable[tuple[str, str]]:
    for since, until in sorted({(each.since, each.until) for each in hours}, key=lambda each: str(each)):
        own = [each for each in hours if (each.since, each.until) == (since, until)]
        times = sorted((each.opens, each.closes) for each in own if each.opens is not None and each.closes is not None)
        note = next((text(each.note, get_language() or "fi") for each in own if each.note), "")
        yield _joined(days(since, until), note), ", ".join(span(*each) for each in times) or _("closed")


def weekdays(first: int, last: int) -> str:
    """Weekdays in short, as "ma–pe"."""
    names = [
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
        pgettext("weekday", "Sun"),
    ]
    return names[first - 1] if first == last else f"{names[first - 1]}–{names[last - 1]}"


def days(since: datetime.date | None, until: datetime.date | None) -> str:
    """A day or days, as "6.12." and "24.–26.12."."""
    if since is None or until is None:
        found = since or until
        return f"{found.day}.{found.month}.{found.year}" if found else ""
    if since == until:
        return f"{since.day}.{since.month}.{since.year}"
    month = f"{since.month}." if since.month != until.month or since.year != until.year else ""
    year = f"{since.year}" if since.year != until.year else ""
    return f"{since.day}.{month}{year}–{until.day}.{until.month}.{until.year}"


def clock(at: int) -> str:
    """A time of the day: "8", "8.30", in English "8:00"."""
    if (get_language() or "fi").startswith("en"):
        return f"{at // 60}:{at % 60:02}"
    return f"{at // 60}.{at % 60:02}" if at % 60 else str(at // 60)


def span(opens: int, closes: int) -> str:
    """From one time to another, as "8–16" and "8.30–16.15"."""
    return f"{clock(opens)}–{clock(closes)}"
