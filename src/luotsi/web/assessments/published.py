"""Forms as they stand in the database, read into what `luotsi.forms` runs; the shipped ones from county content.

Rows are written in actions.py alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from luotsi.concepts.reading import County
from luotsi.concepts.shipped import open_county
from luotsi.forms import content, wire
from luotsi.forms.content import Form
from luotsi.forms.records import FormRecord
from luotsi.web.assessments.models import FormState, FormVersion, Response

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


def answered(response: Response) -> Form:
    """The form that a response answers, always a published one: its row is not read where the form is known."""
    return _published(response.version_id)  # pyright: ignore[reportAttributeAccessIssue]


@lru_cache(maxsize=KEPT)
def _published(pk: int) -> Form:
    version = FormVersion.objects.get(pk=pk, state__in=(FormState.PUBLISHED, FormState.WITHDRAWN))
    return read(version.questionnaire, version.record)


def _versions() -> QuerySet[FormVersion]:
    """Published versions without their two great texts, which are read once in the life of a process."""
    return FormVersion.objects.filter(state=FormState.PUBLISHED).defer("questionnaire", "record")


def offered() -> list[Offered]:
    """The newest published version of each form, by name; the county's own goes before what is shipped."""
    rows = _versions().order_by("form", "shipped", "-published_at", "-pk")
    return [Offered(row, form_of(row)) for row in rows.distinct("form")]


def newest(form: str) -> Offered | None:
    """The newest published version of one form."""
    row = _versions().filter(form=form).order_by("shipped", "-published_at", "-pk").first()
    return Offered(row, form_of(row)) if row else None
