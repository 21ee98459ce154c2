"""Items of work queues and how they have moved. Queues themselves, their promises and the moves are county content.

A row of `Transition` is what moves an item: a trigger of the database (migration 0002) takes the item along, refuses a
transition that does not begin where the item is, and refuses to change an item's state in any other way.
"""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from luotsi.concepts.queues import CANCELLED, HANDED_OVER, NEW, OPEN, RESOLVED, STATES, TAKEN, pairs

ORIGIN = r"^[a-z][a-z_]*$"


class WorkItem(models.Model):
    """A matter of a person that waits for a unit. It comes from one thing once: (`origin`, `origin_id`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    queue = models.CharField(max_length=60)
    unit = models.CharField(max_length=100)
    team = models.CharField(max_length=60, blank=True)
    """A team of the queue within the unit; "" for the whole unit."""
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """Who has taken it; while handed over, to whom it was given, if to anyone."""
    reason = models.CharField(max_length=500)
    urgency = models.CharField(max_length=20)
    origin = models.CharField(max_length=30)
    """Kind of what it came from: assessment, feedback, gap, referral ..."""
    origin_id = models.CharField(max_length=100)
    state = models.CharField(max_length=15, default=NEW)
    outcome = models.CharField(max_length=30, blank=True)
    minor_mark = models.CharField(max_length=1, blank=True)
    """What a professional has said of a minor: a code of `minor_mark`."""
    added_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    by_statute = models.BooleanField(default=False)
    """Whether an act sets `due_at`; else it is promised."""

    class Meta:
        indexes = (
            models.Index(fields=["unit", "due_at"], condition=Q(state__in=OPEN), name="queues_open_of_unit"),
            models.Index(fields=["person", "-added_at"], name="queues_of_person"),
        )
        constraints = (
            models.UniqueConstraint(fields=["origin", "origin_id"], name="queues_item_once"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="queues_item_state"),
            models.CheckConstraint(condition=Q(origin__regex=ORIGIN) & ~Q(origin_id=""), name="queues_item_origin"),
            models.CheckConstraint(condition=~Q(reason__regex=r"^\s*$"), name="queues_item_says_why"),
            models.CheckConstraint(condition=Q(minor_mark__regex=r"^[1-4]?$"), name="queues_item_mark"),
            models.CheckConstraint(condition=~Q(unit=""), name="queues_item_unit"),
            models.CheckConstraint(
                condition=Q(state=RESOLVED) & ~Q(outcome="") | ~Q(state=RESOLVED) & Q(outcome=""),
                name="queues_item_outcome",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(TAKEN, RESOLVED), holder__isnull=False)
                | Q(state__in=(NEW, CANCELLED), holder=None)
                | Q(state=HANDED_OVER),
                name="queues_item_holder",
            ),
        )

    @property
    def open(self) -> bool:
        """Whether it still waits for something."""
        return self.state in OPEN

    def late(self, now: datetime.datetime) -> bool:
        """Whether it is open and its time has passed."""
        return self.open and self.due_at < now


class Transition(models.Model):
    """A step on the way of an item: from which state to which, when, by whom, and who has it from then on."""

    item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, related_name="transitions")
    at = models.DateTimeField(default=timezone.now)
    before = models.CharField(max_length=15, blank=True)
    """"" for the first."""
    after = models.CharField(max_length=15)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    unit = models.CharField(max_length=100)
    team = models.CharField(max_length=60, blank=True)
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(*(Q(before=before, after=after) for before, after in pairs()), _connector=Q.OR),
                name="queues_move_allowed",
            ),
            models.UniqueConstraint(fields=["item"], condition=Q(before=""), name="queues_begins_once"),
        )


class Comment(models.Model):
    """What a professional has written of an item to those who handle it. Never shown to the person, never exported."""

    item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, related_name="comments")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)

    class Meta:
        ordering = ("at", "id")
        constraints = (models.CheckConstraint(condition=~Q(text__regex=r"^\s*$"), name="queues_comment_says"),)
