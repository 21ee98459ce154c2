"""Judges a landing against those before it: what is refused as harmful, and what is only said to be unusual."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from luotsi.concepts.errors import UserError
from luotsi.engine.lake.manifest import Manifest

LAST = 8
"""The extracts of the same kind that a new one is compared with."""
LARGER = 10
SMALLER = 5
FEWEST = 20
"""A difference of fewer rows than this refuses nothing: small tables vary."""
MOST_BROKEN = 0.5


def refuse(path: object, sent: int, quarantined: int, delivery: str, before: Sequence[Manifest]) -> None:
    """Raises UserError where landing would do harm: nothing in a full extract, a size or faults far from usual.

    A small delta does no harm and is only called unusual; a small full extract would delete what it lacks.
    """
    way_out = "If that is right, land it with --accept-unusual"
    if sent == 0 and delivery == "full":
        raise UserError(f"{path} is a full extract without rows: it would delete everything. {way_out}.")
    if quarantined >= FEWEST and quarantined > MOST_BROKEN * sent:
        raise UserError(
            f"{path}: {quarantined} of {sent} rows cannot be read: the file is broken or of another form. "
            f"See its delimiter and encoding. {way_out}."
        )
    usual = _usual(before)
    if usual is None or abs(sent - usual) < FEWEST:
        return
    if usual and sent >= LARGER * usual:
        raise UserError(f"{path} has {sent} rows, where {usual:g} are usual: {sent / usual:.0f}-fold. {way_out}.")
    if delivery == "full" and sent * SMALLER < usual:
        raise UserError(f"{path} has {sent} rows, where {usual:g} are usual: it would delete most. {way_out}.")


def sentences(sent: int, quarantined: int, encoding: str, before: Sequence[Manifest]) -> list[str]:
    """What differs from the extracts before, a sentence each."""
    said: list[str] = []
    usual = _usual(before)
    if usual is not None and abs(sent - usual) >= FEWEST and not usual / 2 <= sent <= usual * 2:
        said.append(f"{sent} rows, where {usual:g} are usual")
    if quarantined:
        shares = [each.rows_quarantined / each.rows_sent for each in before[-LAST:] if each.rows_sent]
        share, middle = quarantined / sent, statistics.median(shares) if shares else 0.0
        if share > 1.1 * middle:
            said.append(f"{quarantined} of {sent} rows ({share:.1%}) went to quarantine, where {middle:.1%} is usual")
    if before and before[-1].encoding != encoding:
        said.append(f"the encoding is {encoding}, where the extract before had {before[-1].encoding}")
    return said


def _usual(before: Sequence[Manifest]) -> float | None:
    return statistics.median(each.rows_sent for each in before[-LAST:]) if before else None
