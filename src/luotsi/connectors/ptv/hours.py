"""Turns opening hours of PTV into rows of a weekday or of an exception. How they are written for people is not here."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from luotsi.connectors.documents import Document
from luotsi.connectors.entries import Hours
from luotsi.connectors.ptv.parts import objects, text, words

DAYS = {
    name: number
    for number, name in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), 1)
}
MIDNIGHT = 24 * 60
ZONE = ZoneInfo("Europe/Helsinki")
EXCEPTIONS = ("Exception", "Exceptional")
NIGHTS = ("OverMidnight", "Special")


def hours(said: Iterable[Document]) -> tuple[Hours, ...]:
    """The rows of all opening hours of a channel; what is no opening hour is passed over."""
    return tuple(row for each in said for row in _rows(each))


def _rows(said: Document) -> Iterator[Hours]:
    kind = words(said.get("serviceHourType"))
    since, until = day(said.get("validFrom")), day(said.get("validTo"))
    note, times = text(said, "additionalInformation"), objects(said, "openingHour")
    if kind in EXCEPTIONS:
        until = until or since
        if since is None:
            return
        spans = [(minutes(each.get("from")), minutes(each.get("to"))) for each in times]
        whole = [(opens, closes) for opens, closes in spans if opens is not None and closes is not None]
        if said.get("isClosed") or not whole:
            yield Hours(None, None, None, since, until, note)
        for opens, closes in whole if not said.get("isClosed") else ():
            yield Hours(None, opens, closes or MIDNIGHT, since, until, note)
        return
    if said.get("isClosed"):
        return
    if not times and said.get("isAlwaysOpen", True) and not said.get("isReservation"):
        for weekday in DAYS.values():
            yield Hours(weekday, 0, MIDNIGHT, since, until, note)
    for each in times:
        spans = _night(each) if kind in NIGHTS else _days(each)
        for weekday, opens, closes in spans:
            yield Hours(weekday, opens, closes, since, until, note)


def _days(said: Document) -> Iterator[tuple[int, int, int]]:
    """The same hours on each day from one weekday to another."""
    first, last = DAYS.get(words(said.get("dayFrom"))), DAYS.get(words(said.get("dayTo")))
    opens, closes = minutes(said.get("from")), minutes(said.get("to"))
    if first is None or opens is None or closes is None:
        return
    for weekday in _through(first, last or first):
        if closes > opens:
            yield weekday, opens, closes
        else:  # past midnight
            yield weekday, opens, MIDNIGHT
            if closes:
                yield weekday % 7 + 1, 0, closes


def _night(said: Document) -> Iterator[tuple[int, int, int]]:
    """One span from a weekday and time to another."""
    first, last = DAYS.get(words(said.get("dayFrom"))), DAYS.get(words(said.get("dayTo")))
    opens, closes = minutes(said.get("from")), minutes(said.get("to"))
    if first is None or opens is None or closes is None:
        return
    through = _through(first, last or first % 7 + 1)
    for place, weekday in enumerate(through):
        begins, ends = (0 if place else opens), (closes if place == len(through) - 1 else MIDNIGHT)
        if ends > begins:
            yield weekday, begins, ends


def _through(first: int, last: int) -> list[int]:
    return [(first - 1 + step) % 7 + 1 for step in range((last - first) % 7 + 1)]


def minutes(value: Any) -> int | None:
    """Minutes since midnight of "HH:mm" or "HH:mm:ss"; None where it is no time."""
    hour, _, rest = words(value).partition(":")
    minute = rest.partition(":")[0]
    if not hour.isdigit() or not minute.isdigit() or int(minute) > 59:
        return None
    found = int(hour) * 60 + int(minute)
    return found if found <= MIDNIGHT else None


def day(value: Any) -> datetime.date | None:
    """The day of a time of the interface by the clocks of Finland; None where it is no time."""
    said = words(value)
    try:
        found = datetime.datetime.fromisoformat(said.replace("Z", "+00:00"))
    except ValueError:
        return None
    return found.astimezone(ZONE).date() if found.tzinfo else found.date()
