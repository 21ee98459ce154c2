"""Forms as they stand in the database, read into what `luotsi.forms` runs; the shipped ones from county content.

Rows are written in actions.py alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings

from luotsi.concepts.reading import County
from luotsi.concepts.shipped import open_county
from luotsi.forms import content, wire
from luotsi.forms.content import Form
from luotsi.forms.records import FormRecord
from luotsi.web.assessments.models import FormState, FormVersion

KEPT = 200
"""How many published forms a process keeps read."""


@lru_cache(maxsize=1)
def county() -> County:
    """The county's content, read once in the life of a process."""
    return open_county(settings.OVERLAY)


@dataclass(frozen=True)
class Offered:
    """A form that is offered, in the version published last."""

    version: FormVersion
    form: Form

    @property
    def record(self) -> FormRecord:
        """What form.yaml says of it."""
        return self.form.record


def form_of(version: FormVersion) -> Form:
    """The form of a version. A published one is read once, as it never changes. Raises UserError."""
    if version.state in (FormState.PUBLISHED, FormState.WITHDRAWN):
        return _published(version.pk)
    return read(version.questionnaire, version.record)


def read(questionnaire: str, record: dict[str, Any]) -> Form:
    """A form of its two texts. Raises UserError with what cannot be read."""
    return content.form_of(wire.loads(questionnaire), FormRecord.model_validate(record), county())


@lru_cache(maxsize=KEPT)
def _published(pk: int) -> Form:
    version = FormVersion.objects.get(pk=pk)
    return read(version.questionnaire, version.record)


def offered() -> list[Offered]:
    """The newest published version of each form, by name; the county's own goes before what is shipped."""
    rows = FormVersion.objects.filter(state=FormState.PUBLISHED).order_by("form", "shipped", "-published_at", "-pk")
    return [Offered(row, form_of(row)) for row in rows.distinct("form")]


def newest(form: str) -> Offered | None:
    """The newest published version of one form."""
    rows = FormVersion.objects.filter(state=FormState.PUBLISHED, form=form).order_by("shipped", "-published_at", "-pk")
    row = rows.first()
    return Offered(row, form_of(row)) if row else None
