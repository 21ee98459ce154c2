"""What a resident is asked to do, told by apps above: shown first among one's own matters."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from luotsi.web.people.mandates import Acting
from luotsi.web.people.models import User
from luotsi.web.people.queries import Resident


@dataclass(frozen=True)
class Task:
    """Something to answer. `why`: for what it is, in the reader's language; `until`: the last day."""

    title: str
    address: str
    why: str
    until: datetime.date
    begun: bool = False


Asking = Callable[[User, Resident, Acting | None], list[Task]]
_asking: list[Asking] = []


def asks(told: Asking) -> Asking:
    """Marks a function of an app above that tells what a resident, or who acts for them, is asked to do."""
    _asking.append(told)
    return told


def tasks(*, by: User, person: Resident, acting: Acting | None) -> list[Task]:
    """What there is to do, that with the nearest last day first. `person`: whose data have been opened, and logged."""
    found = [each for told in _asking for each in told(by, person, acting)]
    return sorted(found, key=lambda each: each.until)
