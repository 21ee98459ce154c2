"""Observations that answers gave, where the form marks them so: what the next form begins with."""

from __future__ import annotations

from django.db import models

from luotsi.forms import wire


class Observation(models.Model):
    """One answer as an Observation. It comes with the completed answers that it is of, and is as unchanging as they."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    response = models.ForeignKey("assessments.Response", on_delete=models.PROTECT, related_name="observations")
    taken_at = models.DateTimeField()
    resource = models.JSONField(encoder=wire.Encoder, decoder=wire.Decoder)

    class Meta:
        ordering = ("-taken_at", "id")
        indexes = (models.Index(fields=["person", "-taken_at"], name="observation_of_person"),)
