"""Lifecare: three databases (instances), UTF-8, semicolons, days as 31.12.2024, national codes in most columns."""

from __future__ import annotations

from collections.abc import Iterator

from luotsi.synth.block import Block
from luotsi.synth.layouts.lifecare import care, hospital, visits
from luotsi.synth.layouts.lifecare.database import AMMATIT, Database, registers, unit_code
from luotsi.synth.sheets import Sheet

__all__ = ["AMMATIT", "INSTANCES", "registers", "sheets", "unit_code"]

INSTANCES = ("jyvaskyla", "nova", "pohjoinen")


def sheets(block: Block, instance: str) -> Iterator[Sheet]:
    """All sheets of an instance for a block."""
    database = Database(block, instance)
    yield from database.patients()
    yield from visits.sheets(database)
    yield from hospital.stays(database)
    if database.region < 0:
        yield from hospital.hospital(database)
    else:
        yield from care.sheets(database)
