"""What pages read of attached files. An answer names its file; who may see the answer may open the file."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from luotsi.forms.filling import Filling
from luotsi.forms.showing import Shown
from luotsi.web.assessments.attaching.models import File

URN = "urn:uuid:"


@dataclass(frozen=True)
class Attached:
    """A file as an answer names it."""

    file: uuid.UUID
    name: str
    size: int
    kind: str
    path: str
    question: str


def listed(page: Filling, language: str) -> list[Attached]:
    """The files among the answers that a page shows, in order."""
    return [each for top in page.shown(language) for shown in top.every() for each in of_question(shown)]


def of_question(shown: Shown) -> list[Attached]:
    """The files of one question; an answer of others' forms that names no file of ours is none."""
    found: list[Attached] = []
    for answer in shown.answers:
        value: dict[str, Any] = answer.get("valueAttachment") or {}
        file = number(str(value.get("url", "")))
        if file is not None:
            name, kind = str(value.get("title", "")), str(value.get("contentType", ""))
            found.append(Attached(file, name, int(value.get("size") or 0), kind, shown.path, shown.text))
    return found


def number(url: str) -> uuid.UUID | None:
    """The file that an answer's address names."""
    try:
        return uuid.UUID(url.removeprefix(URN)) if url.startswith(URN) else None
    except ValueError:
        return None


def content(page: Filling, file: uuid.UUID, language: str) -> File | None:
    """A file, where an answer that the page shows names it."""
    if file not in {each.file for each in listed(page, language)}:
        return None
    return File.objects.filter(pk=file).first()
