"""Work queues as county content: whose they are, by when an item is answered, and how an item moves.

Here are the records of `county/queues`, the time limits they name and the moves of an item. Items themselves are rows
of the web half, which holds each move to what is said here.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import Field

from luotsi.concepts.calendar import is_working_day
from luotsi.concepts.records import Label, Name, Record

HERE = ZoneInfo("Europe/Helsinki")
LAST_MINUTE = datetime.time(23, 59)
ONE_DAY = datetime.timedelta(days=1)


class Within(Record):
    """A time limit. Hours run day and night; of the others the day of arrival is not counted.

    `working_days` 0 is the same working day. A working day is what `concepts.calendar` says.
    """

    amount: int = Field(ge=0, le=1000)
    of: Literal["hours", "working_days", "days", "months"]


class Limit(Record):
    """A limit that an act sets, and which act and section."""

    within: Within
    source: str


class Queue(Record):
    """A queue of work. `answer`: what the person who waits is told of it.

    `units`: who serves it, by the code of the organisation register; an item that names no unit comes to the first.
    `promise`: by when an item is answered where `promises` has nothing for its urgency. `closes`: the hour after which
    an item counts for the next working day, and by which a promise of working days is kept. `limit`: the statutory one.
    """

    queue: Name
    label: Label
    answer: Label
    sector: Literal["health", "social"]
    """Whose records an item belongs to: those of health care or of social welfare."""
    units: tuple[str, ...]
    teams: dict[Name, Label] = Field(default_factory=dict[str, Label])
    promise: Within
    promises: dict[Name, Within] = Field(default_factory=dict[str, Within])
    """Urgency -> promise."""
    closes: int = Field(default=16, ge=1, le=23)
    limit: Limit | None = None
    owner: str


class Due(NamedTuple):
    """By when an item is to be answered, and whether an act says so or we have promised it."""

    at: datetime.datetime
    by: Literal["promise", "statute"]


def due(queue: Queue, urgency: str, added_at: datetime.datetime, promised: Within | None = None) -> Due:
    """The earlier of the promise and the statutory limit. `promised` goes before what the queue promises."""
    within = promised or queue.promises.get(urgency, queue.promise)
    promise = Due(until(within, added_at, closes=queue.closes), "promise")
    if queue.limit is None:
        return promise
    statute = Due(until(queue.limit.within, added_at), "statute")
    return min(promise, statute, key=lambda each: each.at)


def until(within: Within, since: datetime.datetime, *, closes: int | None = None) -> datetime.datetime:
    """The last moment of a limit that runs from an aware time; Finnish time.

    closes: the hour at which a working day ends; what comes later, or on a day off, comes on the next working day.
    Without it, as in an act, the limit runs from the day of arrival to the end of its last day.
    """
    local = since.astimezone(HERE)
    if within.of == "hours":
        return (since.astimezone(datetime.UTC) + datetime.timedelta(hours=within.amount)).astimezone(HERE)
    day, end = local.date(), LAST_MINUTE
    if within.of == "working_days":
        late = closes is not None and local.hour >= closes
        if (late or not is_working_day(day)) and (closes is not None or within.amount == 0):
            day = _working_day(day, 1)
        day = _working_day(day, within.amount)
        end = LAST_MINUTE if closes is None else datetime.time(closes)
    elif within.of == "days":
        day += datetime.timedelta(days=within.amount)
    else:
        day = _months_later(day, within.amount)
    return datetime.datetime.combine(day, end, HERE)


def _working_day(day: datetime.date, nth: int) -> datetime.date:
    """The nth working day after a day; the day itself is not counted."""
    while nth:
        day += ONE_DAY
        nth -= is_working_day(day)
    return day


def _months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = datetime.date(year + month // 11, (month + 1) % 12 + 1, 1)
    return min(datetime.date(year, month + 1, 1) + datetime.timedelta(days=day.day - 1), following - ONE_DAY)


# How an item moves: declared here alone. The database holds items to it, the reference draws it.

NEW, TAKEN, HANDED_OVER, RESOLVED, CANCELLED = "new", "taken", "handed_over", "resolved", "cancelled"
STATES = (NEW, TAKEN, HANDED_OVER, RESOLVED, CANCELLED)
"""The codes of code list `work_item_state`."""
OPEN = (NEW, TAKEN, HANDED_OVER)


class Move(NamedTuple):
    """What can be done to an item: in which states, and to which state it leads."""

    before: tuple[str, ...]
    after: str


MOVES = {
    "take": Move((NEW, HANDED_OVER), TAKEN),
    "hand over": Move(OPEN, HANDED_OVER),
    "return": Move((TAKEN, HANDED_OVER), NEW),
    "resolve": Move((TAKEN,), RESOLVED),
    "cancel": Move(OPEN, CANCELLED),
}


def pairs() -> Iterator[tuple[str, str]]:
    """Each state with each state that follows it; the first state of all follows none ("")."""
    yield "", NEW
    yield from ((before, move.after) for move in MOVES.values() for before in move.before)
