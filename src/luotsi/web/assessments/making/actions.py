"""What is done to forms themselves: publishing those of county content, drafting, changing, approving, withdrawing.

Each is permitted, whole or not at all, with one event. How a draft's JSON is changed is in editing.py.
"""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError
from luotsi.forms import content, judging, wire
from luotsi.web.assessments import published
from luotsi.web.assessments.models import FormState, FormVersion
from luotsi.web.events.actions import record
from luotsi.web.people.models import User
from luotsi.web.people.permissions import require

log = logging.getLogger(__name__)


@transaction.atomic
def publish_shipped(*, by: None) -> int:
    """Publishes the forms of county content that are not there yet, and gives how many. What is there stays.

    Content that has changed is published anew, even under the same version; answers stay with the row they were given
    to. A form that cannot be read is told of and left out.
    """
    new = 0
    forms, faults = content.read_forms(published.county())
    for fault in faults:
        log.error("A form of county content cannot be published: %s", fault)
    for form in forms.values():
        record_of = form.record.model_dump(mode="json", by_alias=True)
        text = wire.dumps(form.questionnaire.raw, indent=2)
        version = {"form": form.name, "version": form.record.version, "digest": _digest(text, record_of)}
        if FormVersion.objects.filter(**version, shipped=True).exists():
            continue
        FormVersion.objects.create(
            **version,
            questionnaire=text,
            record=record_of,
            state=FormState.PUBLISHED,
            shipped=True,
            published_at=timezone.now(),
        )
        new += 1
    record("forms.published", by=by, subject=f"forms:{new}")
    return new


def _digest(questionnaire: str, record_of: dict[str, Any]) -> str:
    """What tells one content of a form from another."""
    return hashlib.sha256(f"{questionnaire}\x1f{wire.dumps(record_of)}".encode()).hexdigest()[:12]


@transaction.atomic
def draft_form(*, by: User, questionnaire: str, record_of: dict[str, Any]) -> FormVersion:
    """A draft of a form, from one that is there or from FHIR JSON. Raises UserError where it cannot be read."""
    require(by, "form.edit")
    published.read(questionnaire, record_of)
    draft = FormVersion.objects.create(
        form=record_of["form"],
        version=record_of["version"],
        questionnaire=questionnaire,
        record=record_of,
        digest=_digest(questionnaire, record_of),
        author=by,
    )
    record("form.drafted", by=by, subject=f"form:{draft.pk}")
    return draft


@transaction.atomic
def edit_form(*, by: User, version: int, seen: str, questionnaire: str, record_of: dict[str, Any]) -> FormVersion:
    """Changes a draft. `seen`: the digest that the page was drawn from. Raises UserError, and changes nothing then."""
    require(by, "form.edit")
    draft = FormVersion.objects.select_for_update().get(pk=version)
    if draft.state != FormState.DRAFT:
        raise UserError(_("Only a draft can be changed. Make a new draft of this version."))
    if seen != draft.digest:
        raise UserError(_("Someone else has changed this draft meanwhile. Open it again, and make your change there."))
    published.read(questionnaire, record_of)
    draft.form, draft.version = record_of["form"], record_of["version"]
    draft.questionnaire, draft.record, draft.digest = questionnaire, record_of, _digest(questionnaire, record_of)
    if draft.author_id != by.pk:  # pyright: ignore[reportAttributeAccessIssue]
        # Whoever changed it last is its author, so that no one approves their own words.
        draft.author = by
    draft.save()
    record("form.edited", by=by, subject=f"form:{draft.pk}")
    return draft


@transaction.atomic
def ask_approval(*, by: User, version: int) -> FormVersion:
    """Asks another to approve a draft. Raises UserError with the first fault where there is one."""
    require(by, "form.edit")
    draft = FormVersion.objects.select_for_update().get(pk=version)
    if draft.state != FormState.DRAFT:
        raise UserError(_("Only a draft can be sent for approval."))
    faults = judging.check_form(published.form_of(draft), published.county())
    if faults:
        raise UserError(_("The form has faults. Mend them first: %(fault)s") % {"fault": faults[0].what})
    draft.state = FormState.WAITING
    draft.save(update_fields=["state"])
    record("form.sent", by=by, subject=f"form:{draft.pk}")
    return draft


@transaction.atomic
def send_back(*, by: User, version: int) -> FormVersion:
    """Makes a form that waits for approval a draft again."""
    require(by, "form.approve")
    draft = FormVersion.objects.select_for_update().get(pk=version)
    if draft.state == FormState.WAITING:
        draft.state = FormState.DRAFT
        draft.save(update_fields=["state"])
    record("form.returned", by=by, subject=f"form:{draft.pk}")
    return draft


@transaction.atomic
def approve_form(*, by: User, version: int) -> FormVersion:
    """Approves and publishes a form that someone else has made. Answers begun stay with the version they have."""
    require(by, "form.approve")
    draft = FormVersion.objects.select_for_update().get(pk=version)
    if draft.state != FormState.WAITING:
        raise UserError(_("This version does not wait for approval."))
    if draft.author_id == by.pk:  # pyright: ignore[reportAttributeAccessIssue]
        raise UserError(_("No one approves a form of their own. Ask someone else."))
    if FormVersion.objects.filter(form=draft.form, version=draft.version, published_at__isnull=False).exists():
        raise UserError(_("There is a version %(version)s already. Give another number.") % {"version": draft.version})
    draft.state, draft.approver, draft.published_at = FormState.PUBLISHED, by, timezone.now()
    draft.save()
    record("form.published", by=by, subject=f"form:{draft.pk}")
    return draft


@transaction.atomic
def withdraw_form(*, by: User, version: int) -> FormVersion:
    """Offers a published version no more. Answers to it stay."""
    require(by, "form.approve")
    found = FormVersion.objects.select_for_update().get(pk=version)
    if found.state == FormState.PUBLISHED:
        found.state = FormState.WITHDRAWN
        found.save(update_fields=["state"])
    record("form.retired", by=by, subject=f"form:{found.pk}")
    return found
