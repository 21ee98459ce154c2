"""Attaching a file to an answer, and taking it away. Each is one save of the response, as others are."""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError
from luotsi.web.assessments import queries
from luotsi.web.assessments.attaching import scanning
from luotsi.web.assessments.attaching.models import MOST_BYTES, File
from luotsi.web.assessments.attaching.queries import URN, number, of_question
from luotsi.web.assessments.models import Change
from luotsi.web.assessments.queries import Sitting, Whose
from luotsi.web.events.actions import record
from luotsi.web.people.models import Basis, User
from luotsi.web.people.permissions import require

KINDS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
"""The first bytes of a file -> what it is. Others are not taken: they can hold what runs."""
MOST_FILES = 10
"""Of one question that takes several."""


def kind_of(content: bytes) -> str:
    """What a file is, by its own first bytes; "" for what is not taken."""
    return next((kind for head, kind in KINDS.items() if content.startswith(head)), "")


def named(name: str) -> str:
    """The name of a file without its folders and what could be read as anything else than letters."""
    last = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[^\w .()+-]", "_", last).strip(" .")[-100:] or "file"


def checked(content: bytes) -> str:
    """What a file is, where it is taken. Raises UserError with what is wrong with it."""
    if not content:
        raise UserError(_("The file is empty. Choose another."))
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise UserError(_("The file is larger than %(most)d megabytes. Choose a smaller one.") % {"most": most})
    kind = kind_of(content)
    if not kind:
        raise UserError(_("Only PDF files and pictures (JPEG, PNG) can be attached. Choose another file."))
    try:
        harm = scanning.scanner().found(content)
    except OSError:
        raise UserError(_("The file could not be checked for viruses. Try again a little later.")) from None
    if harm:
        raise UserError(_("The file holds a virus, so it was not kept: %(harm)s.") % {"harm": harm})
    return kind


def _right(whose: Whose) -> str:
    return "form.answer" if whose.resident.basis in (Basis.OWN, Basis.MANDATE) else "form.fill_for"


def _open(whose: Whose, response: uuid.UUID, path: str) -> tuple[Sitting, Any]:
    """The response, locked, and its question. Raises NoResponse, and UserError."""
    sitting = queries.opened(whose, response, locked=True)
    shown = sitting.filling.find(path, "fi")
    if not sitting.open:
        raise UserError(_("These answers have been completed. Correct them, then attach the file."))
    if shown is None or shown.item.type != "attachment" or shown.read_only:
        raise UserError(_("This question is not asked now, or takes no file."))
    return sitting, shown


def attach(*, by: User, whose: Whose, response: uuid.UUID, path: str, name: str, content: bytes) -> File:
    """Attaches a file to a question; where it takes one alone, the new one replaces it.

    Raises NoResponse, and UserError with what is wrong with the file.
    """
    require(by, _right(whose))
    # before anything is locked: a scanner may take its time
    kind = checked(content)
    return _kept(by=by, whose=whose, response=response, path=path, name=name, kind=kind, content=content)


@transaction.atomic
def _kept(*, by: User, whose: Whose, response: uuid.UUID, path: str, name: str, kind: str, content: bytes) -> File:
    sitting, shown = _open(whose, response, path)
    before = list(shown.answers) if shown.item.repeats else []
    if len(before) >= MOST_FILES:
        raise UserError(_("So many files are not taken to one question. Remove one first."))
    file = File.objects.create(
        response=sitting.response,
        name=named(name),
        kind=kind,
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        by=by,
    )
    answer = {"contentType": kind, "url": f"{URN}{file.pk}", "size": file.size, "title": file.name}
    _set(by, sitting, path, shown, [*before, {"valueAttachment": answer}])
    problems = [each for each in sitting.filling.problems("fi", missing=False) if each.path == path]
    if problems:
        raise UserError(problems[0].message)
    record("file.attached", by=by, subject=f"response:{response}")
    return file


@transaction.atomic
def detach(*, by: User, whose: Whose, response: uuid.UUID, path: str, file: uuid.UUID) -> None:
    """Takes a file from a question. It is erased, unless completed answers that were corrected still have it."""
    require(by, _right(whose))
    sitting, shown = _open(whose, response, path)
    left = [each for each in shown.answers if number(str(each.get("valueAttachment", {}).get("url", ""))) != file]
    _set(by, sitting, path, shown, left)
    record("file.detached", by=by, subject=f"response:{response}")


def _set(by: User, sitting: Sitting, path: str, shown: Any, answers: list[Any]) -> None:
    """Saves the answers of a question, with who changed what; erases the files that nothing names any more."""
    row, whole = sitting.response, sitting.whole.filling
    old = {each.file for each in of_question(shown)}
    whole.set(path, answers)
    sitting.filling.set(path, answers)
    now = sitting.filling.find(path, "fi")
    row.revision += 1
    row.kept, row.changed_at = whole.kept(), timezone.now()
    row.save(update_fields=["revision", "kept", "changed_at"])
    before = [each.name for each in of_question(shown)]
    Change.objects.create(response=row, revision=row.revision, path=path[:300], before=before, by=by)
    gone = old - {each.file for each in of_question(now)} if now else old
    File.objects.filter(pk__in=gone, response=row).delete()
