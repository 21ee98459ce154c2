"""The outbox: one row for each thing that was done."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.expressions import RawSQL


class TransactionId(models.Field):
    """PostgreSQL's `xid8`: the id of the transaction that wrote the row, which orders what id and time cannot."""

    def db_type(self, connection: Any) -> str:
        """The type in the database."""
        return "xid8"

    def get_internal_type(self) -> str:
        """No type of Django's own."""
        return "TransactionId"


class Event(models.Model):
    """Something that was done: `noun.past_tense`, by whom, when, and the concept record that says it.

    `payload` holds concept records by concept: {"note": {"note_id": ...}}, a list of them where many rows were changed
    at once; empty where nothing goes to the lake.
    """

    event_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    transaction = TransactionId(db_default=RawSQL("pg_current_xact_id()", []), editable=False)
    name = models.CharField(max_length=100)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    subject = models.CharField(max_length=200, blank=True)
    payload = models.JSONField(default=dict)

    class Meta:
        ordering = ("transaction", "id")
        indexes = (models.Index(fields=["transaction", "id"]), models.Index(fields=["name", "at"]))
        constraints = (
            models.CheckConstraint(condition=models.Q(name__regex=r"^[a-z_]+\.[a-z_]+$"), name="event_name_form"),
        )


def records(told: dict[str, Any] | list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records of one concept in a payload."""
    return told if isinstance(told, list) else [told]


class Cursor(models.Model):
    """How far a reader of the outbox has come: the transaction and id of the last event it took."""

    reader = models.CharField(max_length=50, primary_key=True)
    transaction = models.CharField(max_length=20, default="0")
    event = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(auto_now=True)
