"""Links by which a form is answered without signing in, and what was answered by them. No row knows who answered."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from luotsi.forms import wire


class Link(models.Model):
    """A link that was made: whoever has it answers, once or as many as there are."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    """SHA-256 of the link's secret: who reads this row cannot answer by it."""
    form = models.CharField(max_length=80)
    name = models.CharField(max_length=100)
    """What is asked, and of whom, for those who made it: "Staff survey, spring"."""
    unit = models.CharField(max_length=100, blank=True)
    """Whose answers they are counted as, "" for the whole county."""
    once = models.BooleanField()
    """One response is made by it, gone on with wherever it is opened; else each who opens it begins their own."""
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at",)
        constraints = (
            models.CheckConstraint(condition=Q(until__gt=F("made_at")), name="form_link_time"),
            models.CheckConstraint(condition=~Q(name=""), name="form_link_named"),
        )

    def __str__(self) -> str:
        return self.name


class LinkResponse(models.Model):
    """Answers given by a link. Completed ones never change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="responses")
    version = models.ForeignKey("assessments.FormVersion", on_delete=models.PROTECT, related_name="+")
    kept = models.JSONField(encoder=wire.Encoder, decoder=wire.Decoder, default=dict)
    revision = models.PositiveIntegerField(default=0)
    changes = models.JSONField(default=list)
    """[revision, path, the texts before] of each change, so that a page sent late overwrites no one's answer unseen."""
    started_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now_add=True)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return str(self.pk)
