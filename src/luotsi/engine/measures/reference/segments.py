"""A division of persons at a period end: the first rule that holds gives the segment."""

from __future__ import annotations

from luotsi.concepts.calls import Value
from luotsi.concepts.records import Segments
from luotsi.engine.measures.reference.looks import looked
from luotsi.engine.measures.reference.measure import Period
from luotsi.engine.measures.reference.world import World


def segmented(world: World, segments: Segments, period: Period) -> dict[Value, str]:
    """Person -> segment at the end of a period; persons outside `where`, or for whom no rule holds, have none."""
    found: dict[Value, str] = {}
    for plain in world.rows(segments.rows):
        row = plain.joined({"period_start": period.last.replace(day=1), "period_end": period.last})
        row = world.named(row, segments.let)
        row = row.joined({name: looked(world, row, look) for name, look in segments.look.items()})
        row = world.named(row, segments.then)
        if segments.where is not None and world.value(segments.where, row) is not True:
            continue
        for rule in segments.rules:
            if world.value(rule.when, row) is True:
                found[row.key] = rule.segment
                break
    return found
