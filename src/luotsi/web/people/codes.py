"""Code lists of county content as pages need them: the rows, and what a code is called in the reader's language."""

from __future__ import annotations

import csv
from functools import cache

from django.conf import settings
from django.utils.translation import get_language

from luotsi.concepts.shipped import roots


@cache
def rows(name: str) -> dict[str, dict[str, str]]:
    """Code -> its row, of a list of the county's content; the county's own list goes before ours."""
    tables = [root / "codes" / name / "codes.csv" for root in roots(settings.OVERLAY)]
    with [table for table in tables if table.exists()][-1].open(encoding="utf-8-sig", newline="") as stream:
        return {row["code"]: row for row in csv.DictReader(stream)}


def label(name: str, code: str) -> str:
    """What a code is called in the reader's language; the code itself where the list lacks it."""
    return rows(name).get(code, {}).get((get_language() or "fi")[:2], code)


def choices(name: str) -> list[tuple[str, str]]:
    """Each code with its words in the reader's language, in the order of the list."""
    return [(code, label(name, code)) for code in rows(name)]
