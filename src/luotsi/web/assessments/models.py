"""Forms as published, and what people have answered to them.

What a form means stands in `luotsi.forms`; a row keeps its FHIR JSON and answers. Rules that rows must hold are
constraints and triggers of the database. Who may read or write is in permissions.py, queries.py and actions.py.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from luotsi.forms import wire
from luotsi.web.assessments.attaching.models import File as File
from luotsi.web.assessments.inviting.models import Invitation as Invitation
from luotsi.web.assessments.known.models import Observation as Observation
from luotsi.web.assessments.linking.models import Link as Link
from luotsi.web.assessments.linking.models import LinkResponse as LinkResponse

LONGEST = 20_000
"""Characters that one written answer may have."""


class OrderedJson(models.TextField):
    """JSON as text. A score may use those before it, and PostgreSQL's own type for JSON forgets the order."""

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> Any:
        """The value as Python has it; decimals are exact."""
        return None if value is None else wire.loads(value)

    def get_prep_value(self, value: Any) -> Any:
        """The value as text."""
        return None if value is None else wire.dumps(value)


class FormState(models.TextChoices):
    """How far a version of a form has come."""

    DRAFT = "draft"
    WAITING = "waiting"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class FormVersion(models.Model):
    """One version of a form. Once published it never changes: answers stay with the version they were given to.

    `questionnaire` is the FHIR JSON as text, so that it is handed on without loss; `record` is what form.yaml says.
    """

    form = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    questionnaire = models.TextField()
    record = OrderedJson()
    digest = models.CharField(max_length=12)
    """Of both: content that has changed under the same version is another row, and answers stay with theirs."""
    state = models.CharField(max_length=10, choices=FormState.choices, default=FormState.DRAFT)
    shipped = models.BooleanField(default=False)
    """Came with the county's content, which is approved where it is kept."""
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("form", "-published_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["form", "version", "digest"],
                condition=Q(state__in=("published", "withdrawn")),
                name="form_version_once",
            ),
            models.CheckConstraint(condition=Q(state__in=FormState.values), name="form_version_state"),
            models.CheckConstraint(condition=Q(form__regex=r"^[a-z][a-z0-9_]*$"), name="form_version_name"),
            models.CheckConstraint(
                condition=Q(author=None) | Q(approver=None) | ~Q(approver=F("author")), name="form_second_person"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("published", "withdrawn"))
                | (Q(published_at__isnull=False) & (Q(shipped=True) | Q(approver__isnull=False))),
                name="form_published_with_approval",
            ),
            models.CheckConstraint(condition=Q(shipped=True) | Q(author__isnull=False), name="form_has_author"),
        )

    def __str__(self) -> str:
        return f"{self.form} {self.version}"


class ResponseStatus(models.TextChoices):
    """How far a response has come; the words of FHIR's QuestionnaireResponse.status."""

    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    AMENDED = "amended"


class AnsweredBy(models.TextChoices):
    """Who answers for the person."""

    SELF = "self"
    GUARDIAN = "guardian"
    AUTHORISED = "authorised"
    PROFESSIONAL = "professional"


class Response(models.Model):
    """A person's answers to one version of a form. Completed answers never change: a correction is a new response.

    `kept` is the working state of `luotsi.forms`; `revision` counts its saves.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    kept = models.JSONField(encoder=wire.Encoder, decoder=wire.Decoder, default=dict)
    revision = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=12, choices=ResponseStatus.choices, default=ResponseStatus.IN_PROGRESS)
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_by = models.CharField(max_length=12, choices=AnsweredBy.choices, default=AnsweredBy.SELF)
    minor_mark = models.CharField(max_length=1, blank=True)
    """Code of county/codes/minor_mark, for a person of 12 to 17 years."""
    context = models.CharField(max_length=30, blank=True)
    """Why it was begun: "" of one's own accord, or invitation, appointment, age_check."""
    context_id = models.CharField(max_length=100, blank=True)
    unit = models.CharField(max_length=100, blank=True)
    scores = models.JSONField(default=dict)
    """Score -> {value, class} as texts, as they were when it was completed."""
    outcome = models.CharField(max_length=80, blank=True)
    urgency = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now_add=True)
    completed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    """When the person sent it to the professionals, where they did."""

    class Meta:
        ordering = ("-changed_at",)
        indexes = (models.Index(fields=["person", "-changed_at"], name="response_of_person"),)
        constraints = (
            models.CheckConstraint(condition=Q(status__in=ResponseStatus.values), name="response_status"),
            models.CheckConstraint(condition=Q(answered_by__in=AnsweredBy.values), name="response_answered_by"),
            models.CheckConstraint(condition=Q(minor_mark__regex=r"^[1-4]?$"), name="response_minor_mark"),
            models.CheckConstraint(
                condition=Q(status="in-progress", completed_at=None)
                | (~Q(status="in-progress") & Q(completed_at__isnull=False)),
                name="response_completed_at",
            ),
            models.CheckConstraint(
                condition=~Q(status="amended") | Q(corrects__isnull=False), name="response_amended_corrects"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(completed_at__isnull=False), name="response_sent_when_completed"
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)


class Change(models.Model):
    """One answer as it was before a save: who changed what when. A row only comes, with its save."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="changes")
    revision = models.PositiveIntegerField()
    path = models.CharField(max_length=300)
    before = models.JSONField()
    """The answer before, as the texts that the page's field held."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("revision", "id")
        constraints = (models.UniqueConstraint(fields=["response", "revision", "path"], name="change_once"),)


class Unsent(models.Model):
    """What a page sent when its user was not signed in any more: kept for them until they sign in again."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()
    """The revision that the page had been drawn from."""
    page = models.CharField(max_length=300)
    answers = models.JSONField()
    """Field -> the texts in it."""
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)


class Override(models.Model):
    """A professional's own class in the place of the computed one, with the reason. The last one holds."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="overrides")
    score = models.CharField(max_length=80)
    computed = models.CharField(max_length=80, blank=True)
    chosen = models.CharField(max_length=80)
    reason = models.TextField(max_length=2000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=~Q(reason__regex=r"^\s*$"), name="override_reason"),
            models.CheckConstraint(condition=~Q(chosen=F("computed")), name="override_differs"),
        )


class Plan(models.Model):
    """What the person and the professional have agreed on after a form. The last one holds, the earlier ones stay."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="plans")
    text = models.TextField(max_length=5000)
    review_on = models.DateField(null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.CheckConstraint(condition=~Q(text__regex=r"^\s*$"), name="plan_says_something"),)
