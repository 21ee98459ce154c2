"""Where feedback is asked, who was asked, what was answered, which answers wait for a reply, and what was done.

No row names the client: an invitation keeps groups, an answer its text with names masked, a case the contact way until
it ends. Who may read or write is in permissions.py.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from luotsi.concepts.queues import NEW, RESOLVED, TAKEN

STATES = (NEW, TAKEN, RESOLVED)
"""The states of a case: those of a work item that a case can be in."""


def new_code() -> str:
    """The code in the address of a place: short enough to type, long enough not to be guessed by chance."""
    return secrets.token_hex(4)


def digest(secret: str) -> bytes:
    """What an invitation is found by: SHA-256 of the secret in its link."""
    return hashlib.sha256(secret.encode()).digest()


class About(models.Model):
    """What feedback is about. Codes as in the registers; "" where nothing is said."""

    unit = models.CharField(max_length=100, blank=True)
    service = models.CharField(max_length=100, blank=True)
    provider = models.CharField(max_length=20, blank=True)
    """Business id of the organisation, where it is not the county itself."""
    service_chain = models.CharField(max_length=100, blank=True)
    team = models.CharField(max_length=100, blank=True)

    class Meta:
        abstract = True

    def ties(self) -> dict[str, str]:
        """What it is about, by the names of the fields: what an answer takes over from where it was asked."""
        return {field.name: getattr(self, field.name) for field in About._meta.fields}


class Place(About):
    """A place where anyone may answer: by the code on a poster, or at a screen."""

    code = models.SlugField(max_length=20, unique=True, default=new_code, editable=False)
    name = models.CharField(max_length=100)
    form = models.CharField(max_length=80)
    since = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride]
        ordering = ("name", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("since")), name="feedback_place_days"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="feedback_place_named"),
        )

    def __str__(self) -> str:
        return self.name


class Invitation(About):
    """One person was asked, by a link that answers once. The groups are kept to see who did not answer."""

    invitation_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    """SHA-256 of the link's secret: who reads this row cannot answer in someone's name."""
    form = models.CharField(max_length=80)
    channel = models.CharField(max_length=10)
    event = models.CharField(max_length=100, blank=True)
    """What it followed, as "contact:123"; an id of the system that asked, and no person's."""
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    age_group = models.CharField(max_length=10, blank=True)
    sex = models.CharField(max_length=10, blank=True)
    language = models.CharField(max_length=3, blank=True)
    municipality = models.CharField(max_length=3, blank=True)

    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride]
        ordering = ("-sent_at", "-pk")
        indexes = (models.Index(fields=["unit", "-sent_at"], name="feedback_asked_in_unit"),)
        constraints = (
            models.UniqueConstraint(fields=["event"], condition=~Q(event=""), name="feedback_asked_once_of_an_event"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("sent_at")), name="feedback_invitation_time"),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(answered_at__gte=F("sent_at")), name="feedback_answered_after_sent"
            ),
        )


class Answer(About):
    """One answer to a form. `comment` is the free text with names and codes masked; the text as written is not kept."""

    answer_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    """Chosen when the page is opened, so that a page sent twice is one answer."""
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, null=True, related_name="answer")
    form = models.CharField(max_length=100)
    """Name and version, as feedback_visit|1."""
    channel = models.CharField(max_length=10)
    language = models.CharField(max_length=3)
    given_at = models.DateTimeField()
    respondent = models.CharField(max_length=10, blank=True)
    scores = models.JSONField(default=dict)
    """nps and item1 ... item7, those that were answered."""
    response = models.JSONField(default=dict)
    """FHIR QuestionnaireResponse, its texts masked."""
    comment = models.TextField(blank=True)
    themes = models.JSONField(default=list)
    """Codes of the list feedback_theme that the machine found, the strongest first."""
    mood = models.CharField(max_length=10, blank=True)

    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride]
        ordering = ("-given_at", "-pk")
        indexes = (models.Index(fields=["unit", "-given_at"], name="feedback_given_in_unit"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(comment="", mood="") | (~Q(comment="") & ~Q(mood="")), name="feedback_comment_has_mood"
            ),
            models.CheckConstraint(condition=Q(place=None) | Q(invitation=None), name="feedback_one_way_in"),
        )


class Correction(models.Model):
    """What a professional says the themes and mood of an answer are. The newest holds; the machine's own stay."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="corrections")
    themes = models.JSONField(default=list)
    mood = models.CharField(max_length=10)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")


class Case(models.Model):
    """Someone who gave feedback wants a reply. The contact way goes when the case ends."""

    answer = models.OneToOneField(Answer, on_delete=models.PROTECT, related_name="case")
    state = models.CharField(max_length=10, default=NEW)
    contact = models.CharField(max_length=200, blank=True)
    """Who wants a reply and where, as they wrote it; empty where harm was told of without it."""
    added_at = models.DateTimeField()
    due_at = models.DateTimeField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=30, blank=True)
    """A code of the list work_item_outcome."""
    note = models.TextField(max_length=1000, blank=True)

    class Meta:
        ordering = ("due_at", "pk")
        indexes = (models.Index(fields=["due_at"], condition=~Q(state=RESOLVED), name="feedback_cases_open"),)
        constraints = (
            models.CheckConstraint(condition=Q(state__in=STATES), name="feedback_case_state"),
            models.CheckConstraint(
                condition=Q(state=NEW, taken_by=None, taken_at=None)
                | (~Q(state=NEW) & Q(taken_by__isnull=False, taken_at__isnull=False)),
                name="feedback_case_taken_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(state=RESOLVED, ended_at__isnull=False, contact="") & ~Q(outcome="")
                | (~Q(state=RESOLVED) & Q(ended_at=None, outcome="")),
                name="feedback_case_ended_forgets_contact",
            ),
        )


class Deed(models.Model):
    """What a unit has done after feedback, told in public by who leads it."""

    unit = models.CharField(max_length=100, blank=True)
    text = models.TextField(max_length=1000)
    text_sv = models.TextField(max_length=1000, blank=True)
    text_en = models.TextField(max_length=1000, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-told_at", "-pk")
        constraints = (models.CheckConstraint(condition=~Q(text__regex=r"^\s*$"), name="feedback_deed_says_something"),)

    def said(self, language: str) -> str:
        """The text in a language; in Finnish where it has not been translated."""
        return {"sv": self.text_sv, "en": self.text_en}.get(language) or self.text
