"""What people ask of work queues without knowing them: whether a professional's unit has work for a person."""

import uuid

from luotsi.web.people.models import User
from luotsi.web.people.queries import gives_task
from luotsi.web.queues import queries


@gives_task
def has_work(user: User, person: uuid.UUID) -> bool:
    """Whether an open item ties a professional to a person."""
    return queries.has_open_item(user, person)
