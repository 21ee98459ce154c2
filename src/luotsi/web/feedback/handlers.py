"""What feedback hears and tells: it asks after a matter that has ended, and shows the link among one's own matters."""

from __future__ import annotations

import uuid

from luotsi.web.events.actions import on
from luotsi.web.events.models import Event
from luotsi.web.feedback import actions, asking, following
from luotsi.web.feedback.models import Place
from luotsi.web.people.mandates import Acting
from luotsi.web.people.models import User
from luotsi.web.people.queries import Resident
from luotsi.web.queues.models import WorkItem
from luotsi.web.queues.tasks_of_one import Task, asks
from luotsi.web.services.inventory import Measured, measures_experience


@on("queue_item.resolved")
def matter_ended(event: Event) -> None:
    """Asks the person of a matter how it went, once and not too often."""
    item = WorkItem.objects.get(pk=uuid.UUID(event.subject.partition(":")[2]))
    if not following.to_be_asked(item):
        return
    follows = following.event_of(item.pk)
    actions.invite(
        by=None,
        form=asking.VISIT,
        about={"unit": item.unit, "team": item.team},
        groups=following.groups(item),
        event=follows,
        secret=following.secret_of(follows),
        send=lambda _invitation, _secret: "web",
    )


@asks
def to_tell(by: User, person: Resident, acting: Acting | None) -> list[Task]:
    """The feedback that a person is asked for."""
    return following.tasks(person, acting)


@measures_experience
def measured() -> Measured:
    """The services and organisations that an open place asks about."""
    rows = list(Place.objects.filter(closed_on=None).values_list("service", "provider"))
    return Measured(
        frozenset(service for service, _provider in rows if service),
        frozenset(provider for _service, provider in rows if provider),
    )
