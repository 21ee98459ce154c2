"""Judges what was read of a county: what refers to what, types, codes, labels, cycles. Knows no data and no engine.

One module for each kind of content; `judge` holds what they share. What a file may say at all stands in `records`,
what a name means in `scope`. Worked examples are run by the engine; here only their shape is judged.
"""

from __future__ import annotations

from luotsi.concepts.checking import (
    areas,
    boards,
    codes,
    concepts,
    measures,
    needs,
    queues,
    referrals,
    segments,
    sources,
)
from luotsi.concepts.checking.judge import Judge
from luotsi.concepts.checking.strays import strays
from luotsi.concepts.reading import County, Fault


def check(county: County) -> list[Fault]:
    """Every fault of the content, by file and line; those met in reading come from `read_county`."""
    faults: list[Fault] = []
    for kind, module in (
        ("concepts", concepts),
        ("codes", codes),
        ("sources", sources),
        ("measures", measures),
        ("segments", segments),
        ("boards", boards),
        ("areas", areas),
        ("needs", needs),
        ("queues", queues),
        ("referrals", referrals),
    ):
        for name in getattr(county, kind):
            module.check(Judge(county, kind, name, faults))
    faults += concepts.cycles(county)
    faults += concepts.unused(county)
    faults += strays(county)
    return sorted(set(faults))
