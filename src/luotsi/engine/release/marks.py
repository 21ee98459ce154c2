"""What the rows of every measure rest on now, and which of them the persons concerned are enough to bring up to date.

A measure is brought up by persons when its kept parts are of just what the marts held before they were refreshed, and
all that has changed since is rows of persons that are known. Else it is counted whole. What is kept stands in `kept`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from luotsi.concepts.reading import County
from luotsi.engine.duck.connection import Connection
from luotsi.engine.release import kept, lineage
from luotsi.engine.release.concerned import Changed
from luotsi.engine.release.dividing import Divided
from luotsi.engine.release.draft import Window
from luotsi.engine.release.suppression import SMALL
from luotsi.engine.release.texts import Text


@dataclass(frozen=True)
class Marks:
    """The mark of each measure; the measures to count, and the marts read by those that persons are enough for."""

    now: dict[str, str]
    wanted: list[str]
    by_persons: dict[str, frozenset[str]]


def marked(
    con: Connection, county: County, window: Window, written: Mapping[str, Text], spans: Divided, changed: Changed
) -> Marks:
    """The marks of all measures, after marts and segments have been brought up to date."""
    held, versions = kept.fingerprints(con), lineage.versions(con)

    def mark(name: str, versions: Mapping[str, str], spans: str) -> str:
        sql, tables = written[name]
        read = lineage.data_read(county, tables, versions, spans)
        record = lineage.digest_of(county.measures[name])
        return lineage.digest(record, sql, f"{window.first}..{window.last}", str(SMALL), *read)

    now = {name: mark(name, versions, spans.mark) for name in sorted(county.measures)}
    wanted = [name for name in now if held.get(name) != now[name]]
    earlier = changed.before(versions)
    spans_known = _known(county, spans, changed, earlier)
    by_persons: dict[str, frozenset[str]] = {}
    for name in wanted:
        tables = written[name][1]
        concepts = lineage.concepts_read(county, tables.difference(lineage.SEGMENT))
        if changed.known(county, concepts) and (spans_known or tables.isdisjoint(lineage.SEGMENT)):
            before = mark(name, earlier, spans.before)
            if held.get(name) == before == held.get(kept.of_parts(name)):
                by_persons[name] = tables
    return Marks(now, wanted, by_persons)


def _known(county: County, spans: Divided, changed: Changed, earlier: Mapping[str, str]) -> bool:
    """Whether no spans have moved but those of the persons that are known.

    After a run that was cut short the spans may lie behind the marts: then they follow more loads than `changed` tells.
    """
    if spans.mark == spans.before:
        return True
    seen = max((int(earlier.get(each, 0)) for each in spans.followed), default=0)
    return spans.since == seen and changed.known(county, spans.followed)
