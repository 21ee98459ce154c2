"""What leaders write on the desk. The numbers they write about are published results, which `results` holds."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class NoteKind(models.TextChoices):
    """What a note is; the codes of the county's code list `note_kind`."""

    COMMENT = "comment"
    DECISION = "decision"
    TARGET = "target"


class Note(models.Model):
    """A comment, a decision or a target pinned to a measure and a period, of one unit or the whole county ("").

    `value` and `release` keep the number as it was when the note was pinned: releases go, what was known stays.
    """

    note_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=NoteKind.choices)
    measure = models.CharField(max_length=80)
    period = models.CharField(max_length=7)
    unit = models.CharField(max_length=100, blank=True)
    text = models.TextField(max_length=2000)
    target = models.FloatField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    value = models.FloatField(null=True)
    release = models.CharField(max_length=40, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    pinned_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pinned_at", "-pk")
        indexes = (models.Index(fields=["measure", "unit"], name="desk_note_of_measure"),)
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=NoteKind.values), name="desk_note_kind"),
            models.CheckConstraint(
                condition=Q(period__regex=r"^\d{4}(-(0[1-9]|1[0-2]|Q[1-4]))?$"), name="desk_note_period"
            ),
            models.CheckConstraint(condition=~Q(text__regex=r"^\s*$"), name="desk_note_says_something"),
            models.CheckConstraint(
                condition=Q(kind="target", target__isnull=False) | (~Q(kind="target") & Q(target=None)),
                name="desk_note_target_has_value",
            ),
        )

    def __str__(self) -> str:
        return f"{self.measure} {self.period}"


class Following(models.Model):
    """A measure or a board that someone follows, with their own filter as the end of an address ("unit=1.2.3")."""

    class Kind(models.TextChoices):
        """What is followed."""

        MEASURE = "measure"
        BOARD = "board"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="followings")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=500, blank=True)
    letter = models.BooleanField(default=True)
    """Whether the weekly letter tells of it."""
    followed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("kind", "name", "query")
        constraints = (
            models.UniqueConstraint(fields=["user", "kind", "name", "query"], name="desk_followed_once"),
            models.CheckConstraint(condition=Q(kind__in=("measure", "board")), name="desk_following_kind"),
        )


class Letter(models.Model):
    """A weekly letter that was sent: one to each reader a week, whatever the jobs do."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    week = models.CharField(max_length=8)
    """ISO week, such as 2026-W47."""
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "week"], name="desk_one_letter_a_week"),
            models.CheckConstraint(condition=Q(week__regex=r"^\d{4}-W\d{2}$"), name="desk_letter_week"),
        )
