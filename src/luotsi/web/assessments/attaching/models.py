"""Files attached to answers. They stand in the database, so that an answer and its file come and go together."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

MOST_BYTES = 5_000_000
"""Of one file."""


class File(models.Model):
    """A file as it was sent, after a scanner has looked at it. It never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    response = models.ForeignKey("assessments.Response", on_delete=models.CASCADE, related_name="+")
    """The response it was attached to first; a correction of it has the same file."""
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=40)
    """MIME type, as the file's own first bytes tell it."""
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    """SHA-256, as hexadecimal."""
    content = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(size__gt=0) & models.Q(size__lte=MOST_BYTES), name="attached_file_size"
            ),
        )

    def __str__(self) -> str:
        return self.name
