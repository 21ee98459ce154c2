"""What the directory answers to other programs, as plain values: for the command line and the JSON interface."""

from __future__ import annotations

from typing import Any

from luotsi.concepts.errors import UserError
from luotsi.web.services import queries
from luotsi.web.services.indexing import text


def listed(said: str, *, area: str = "", language: str = "", limit: int = 20) -> list[dict[str, Any]]:
    """The services that answer a text, best first: id, name, score from 0 to 1, reason.

    area: a municipality's name or code; language: only what is served in it, told in it. Raises UserError for an area
    that is not known.
    """
    code = queries.municipality(area) if area else ""
    if area and not code:
        raise UserError(f"There is no municipality {area}. Give its name, as Jyväskylä, or its code, as 179.")
    found = queries.search(said, queries.Filters(area=code, language=language), limit=limit, language=language or "fi")
    return [
        {
            "id": hit.service.entry,
            "name": text(hit.service.name, language or "fi"),
            "score": hit.score,
            "reason": "; ".join(hit.reasons),
        }
        for hit in found
    ]
