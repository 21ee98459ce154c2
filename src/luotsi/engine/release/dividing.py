"""Brings the segments up to the marts, by what has changed since the last time: nothing, the persons concerned, all."""

from __future__ import annotations

from dataclasses import dataclass

from luotsi.concepts.reading import County
from luotsi.engine import segments
from luotsi.engine.duck.connection import Connection
from luotsi.engine.release import kept, lineage
from luotsi.engine.release.draft import Progress, Window

GROUND, LOAD, SPANS = "segments/", "segments/load", "segments/spans"
"""Marks: what the segments rest on beside the loads that are followed, the last of these, and the spans themselves."""


@dataclass(frozen=True)
class Divided:
    """The mark of the segments' spans, which changes when they do, and what it was.

    `since`: the load after which only persons of whom the marts of `followed` speak have been divided anew; None where
    all have been.
    """

    mark: str
    before: str
    followed: frozenset[str]
    since: int | None


def divide(con: Connection, county: County, window: Window, tell: Progress) -> Divided:
    """Fills the segments for the months of a release."""
    before, versions, shapes = kept.fingerprints(con), lineage.versions(con), lineage.shapes(con)
    read, followed = lineage.concepts_read(county, segments.tables(county)), segments.followed(county)
    records = [lineage.digest_of(record) for _, record in sorted(county.segments.items())]
    still = [f"{each}={shapes.get(each, '') if each in followed else versions.get(each, '')}" for each in read]
    ground = lineage.digest(f"{window.first}..{window.last}", *records, *still)
    load = max((int(versions.get(each, 0)) for each in followed), default=0)
    spans = lineage.digest(ground, str(load))
    if before.get(GROUND) == ground and LOAD in before and SPANS in before:
        if int(before[LOAD]) == load:
            return Divided(before[SPANS], before[SPANS], frozenset(followed), load)
        tell(0, 1, "segments")
        mark = _renewed(con, county, window, (int(before[LOAD]), load), before[SPANS], spans)
        return Divided(mark, before[SPANS], frozenset(followed), int(before[LOAD]))
    tell(0, 1, "segments")
    segments.compute(con, county, first_month=window.first, last_month=window.last)
    kept.mark(con, {GROUND: ground, LOAD: str(load), SPANS: spans})
    return Divided(spans, before.get(SPANS, ""), frozenset(followed), None)


def _renewed(con: Connection, county: County, window: Window, loads: tuple[int, int], before: str, spans: str) -> str:
    """Divides the persons concerned by the loads after the first of two; gives the mark that then holds."""
    segments.renewed(con, county, loads[0], first_month=window.first, last_month=window.last)
    con.execute("BEGIN")
    try:
        mark = spans if segments.place(con) else before
        kept.mark(con, {LOAD: str(loads[1]), SPANS: mark})
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    return mark
