"""What is done with links: making and closing them, and answering by them without signing in.

Answers reach the warehouse as an assessment of no person.
"""

from __future__ import annotations

import datetime
import secrets
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError
from luotsi.forms import assessment
from luotsi.web.assessments import published, saving
from luotsi.web.assessments.linking import queries
from luotsi.web.assessments.linking.models import Link, LinkResponse
from luotsi.web.assessments.linking.queries import Opened
from luotsi.web.assessments.saving import Taken, Texts
from luotsi.web.events.actions import record
from luotsi.web.people.models import User
from luotsi.web.people.permissions import require


@transaction.atomic
def make_link(*, by: User, form: str, name: str, unit: str, once: bool, until: datetime.datetime) -> tuple[Link, str]:
    """A link and its secret, which is told this once. Raises UserError where the form is not answered by links."""
    require(by, "link.make", unit=unit)
    if form not in {each.version.form for each in queries.offered()}:
        raise UserError(_("This form is not one that is answered by a link."))
    secret, now = secrets.token_urlsafe(16), timezone.now()
    made = Link.objects.create(
        digest=queries.digest(secret),
        form=form,
        name=name,
        unit=unit,
        once=once,
        made_by=by,
        made_at=now,
        until=until,
    )
    record("form_link.made", by=by, subject=f"form_link:{made.pk}")
    return made, secret


@transaction.atomic
def close_link(*, by: User, link: uuid.UUID) -> Link:
    """Closes a link: nothing more can be answered by it. What was finished stays."""
    found = Link.objects.select_for_update().get(pk=link)
    require(by, "link.make", unit=found.unit)
    if found.closed_at is None:
        found.closed_at = timezone.now()
        found.save(update_fields=["closed_at"])
    record("form_link.closed", by=by, subject=f"form_link:{found.pk}")
    return found


@transaction.atomic
def begin(*, by: None, link: Link) -> LinkResponse:
    """Begins to answer by a link; where it answers once, what was begun is gone on with. Raises UserError."""
    found = Link.objects.select_for_update().get(pk=link.pk)
    offered = published.newest(found.form)
    if not queries.is_open(found) or offered is None or not offered.record.by_link:
        raise UserError(_("This link cannot be answered any more."))
    begun = LinkResponse.objects.filter(link=found).first() if found.once else None
    if begun is not None:
        return begun
    kept = offered.form.begin(now=timezone.now()).kept()
    response = LinkResponse.objects.create(link=found, version=offered.version, kept=kept)
    record("link_response.started", by=by, subject=f"link_response:{response.pk}")
    return response


@dataclass
class Saved:
    """What a save did. `stale`: it had been finished, or an answer of this page is another than one given meanwhile."""

    opened: Opened
    taken: Taken
    stale: bool = False


@transaction.atomic
def save(
    *, by: None, link: Link, response: uuid.UUID, revision: int, answers: Texts, group: tuple[str, str], language: str
) -> Saved | None:
    """Takes in what a page sent but what would overwrite an answer given meanwhile; None: there is no such response.

    group: (add, remove, up or down; the path of the group). Raises UserError where it cannot be.
    """
    found = queries.opened(link, response, locked=True)
    if found is None:
        return None
    row = found.response
    if not found.open:
        return Saved(found, Taken(), stale=True)
    bases = queries.bases(row, revision) if revision != row.revision else {}
    taken = saving.take(found.filling, answers, bases, {}, language)
    what, path = group
    if what == "add":
        found.filling.add(path)
    elif what == "remove":
        found.filling.remove(path)
    elif what in ("up", "down"):
        found.filling.move(path, -1 if what == "up" else 1)
    if taken.before or what:
        row.revision += 1
        row.kept, row.changed_at = found.filling.kept(), timezone.now()
        row.changes = [*row.changes, *([row.revision, path, before] for path, before in taken.before.items())]
        row.save(update_fields=["revision", "kept", "changed_at", "changes"])
        record("link_response.saved", by=by, subject=f"link_response:{row.pk}")
    taken.typed |= {each.path: list(each.mine) for each in taken.conflicts}
    return Saved(found, taken, stale=bool(taken.conflicts))


@transaction.atomic
def complete(*, by: None, link: Link, response: uuid.UUID) -> Opened | None:
    """Completes a response and tells the warehouse. Completed already, it stays as it is. Raises UserError."""
    found = queries.opened(link, response, locked=True)
    if found is None or not found.open:
        return found
    if any(each.severity == "error" for each in found.filling.problems("fi")):
        raise UserError(_("Some answers are missing or wrong. Mend them, then finish."))
    row = found.response
    row.completed_at = row.changed_at = timezone.now()
    row.kept = found.filling.kept()
    row.save(update_fields=["completed_at", "changed_at", "kept"])
    said = assessment.record(
        found.form,
        found.filling,
        found.result(),
        assessment_id=str(row.pk),
        person=None,
        unit=link.unit or None,
        assessed_on=timezone.localdate(row.completed_at),
    )
    record("link_response.completed", by=by, subject=f"link_response:{row.pk}", assessment=said)
    return found
