"""Tells the web in which client segment the persons are whom it knows: results of the engine come back to people.

Goes one way and keeps nothing: of each person here the pseudonym is computed, and of what the engine answers only the
current segment is handed over, by our own id of the person.
"""

from __future__ import annotations

import calendar
import datetime
import uuid
from collections.abc import Iterator
from pathlib import Path

from luotsi.concepts.reading import County
from luotsi.engine.release import current
from luotsi.engine.segments.persons import of_codes
from luotsi.web.people import actions, queries
from luotsi.web.services.indexing import MAIN


def divide(home: Path, county: County) -> int:
    """Brings the segments of the home's newest release, in place of all that were known; gives how many persons have
    one. Without a release, or without segments in it, none has.
    """
    release = current(home)
    period_end = _end(str(release.manifest["last_month"])) if release else datetime.date.today()
    found: dict[uuid.UUID, str] = {}
    if release is not None and MAIN in county.segments:
        persons: list[uuid.UUID] = []
        told = of_codes(home, county, MAIN, _codes(persons), period_end)
        found = {person: segment for person, segment in zip(persons, told, strict=True) if segment}
    actions.renew_segments(by=None, found=found, period_end=period_end)
    return len(found)


def _codes(persons: list[uuid.UUID]) -> Iterator[str]:
    """The codes in the order in which the persons are put into the list."""
    for person, code in queries.every_code(by=None):
        persons.append(person)
        yield code


def _end(month: str) -> datetime.date:
    year, number = (int(each) for each in month.split("-"))
    return datetime.date(year, number, calendar.monthrange(year, number)[1])
