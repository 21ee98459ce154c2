"""What each page of making forms starts with: the version it is of, its texts, and keeping them changed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from pydantic import ValidationError

from luotsi.concepts.errors import UserError
from luotsi.concepts.expressions import ExpressionError
from luotsi.forms import wire
from luotsi.forms.content import Form
from luotsi.forms.filling import Filling
from luotsi.forms.outcomes import Result
from luotsi.web.assessments.making import actions
from luotsi.web.assessments.models import FormVersion
from luotsi.web.people.sessions import signed_in

Texts = tuple[dict[str, Any], dict[str, Any]]
"""(questionnaire, record) of a draft."""


def version_of(pk: int) -> FormVersion:
    """A version of a form. Raises Http404."""
    found = FormVersion.objects.select_related("author", "approver").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def texts_of(version: FormVersion) -> Texts:
    """The texts of a version, to be changed freely."""
    return wire.loads(version.questionnaire), wire.loads(wire.dumps(version.record))


def saved(request: HttpRequest, version: FormVersion, texts: Texts) -> bool:
    """Keeps a draft's texts; says what is wrong with them where they cannot be read."""
    try:
        actions.edit_form(
            by=signed_in(request),
            version=version.pk,
            seen=request.POST.get("seen") or version.digest,
            questionnaire=wire.dumps(texts[0], indent=2),
            record_of=texts[1],
        )
    except UserError as fault:
        messages.error(request, str(fault))
        return False
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(each) for each in first["loc"])
        messages.error(request, f"{where}: {first['msg']}")
        return False
    return True


def judged(form: Form, page: Filling) -> tuple[Result, list[str]]:
    """What the answers give, and why they give nothing where an expression of the draft cannot be read."""
    try:
        return form.judged(page), []
    except ExpressionError as fault:
        return Result({}, ()), [str(fault)]
