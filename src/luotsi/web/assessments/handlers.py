"""What apps below ask of forms without knowing them: what one is asked to fill, and whether that ties a unit to one."""

from __future__ import annotations

import uuid

from luotsi.web.assessments.inviting import queries, telling
from luotsi.web.assessments.queries import Whose
from luotsi.web.assessments.views.arriving import language
from luotsi.web.people.mandates import Acting
from luotsi.web.people.models import User
from luotsi.web.people.queries import Resident, gives_task
from luotsi.web.queues.tasks_of_one import Task, asks


@gives_task
def has_asked(user: User, person: uuid.UUID) -> bool:
    """Whether a professional's unit has asked a person to fill a form for a visit."""
    return queries.ties(user, person)


@asks
def to_fill(by: User, person: Resident, acting: Acting | None) -> list[Task]:
    """The forms that a person is asked to fill and has not filled."""
    whose = Whose(person, by, acting)
    rows = [telling.listed(each, language()) for each in queries.of(whose) if not each.done]
    return [
        Task(
            title=row["title"],
            address=row["address"],
            why=telling.for_what(row["invitation"]),
            until=row["invitation"].until,
            begun=row["own"] is not None,
        )
        for row in rows
    ]
