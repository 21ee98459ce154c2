"""Explains a measure: what it means, who answers for it, how it is computed, and what its numbers rest on.

Gives plain values; how they are laid out on a screen or a page is the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from luotsi.concepts.reading import County
from luotsi.concepts.records import Measure
from luotsi.engine import measures
from luotsi.engine.release.asking import definition, measure_of, other_names
from luotsi.engine.release.store import current, find


@dataclass(frozen=True)
class Explanation:
    """A measure's record with its SQL, and with a release: the loads and the freshness of each source behind it."""

    measure: Measure
    sql: str
    release: str | None
    loads: tuple[Mapping[str, Any], ...]
    freshness: Mapping[str, str]

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that the loads came from, sorted."""
        return tuple(sorted({str(each["source"]) for each in self.loads}))


def explain(home: Path, county: County, measure: str, *, release: str | None = None) -> Explanation:
    """Explains a measure as a release has it (the current one unless named), or from the county before any release."""
    found = find(home, release) if release is not None else current(home)
    if found is None or not any(measure in (name, *others) for name, others in other_names(found).items()):
        record = measure_of(county, measure)
        return Explanation(record, measures.sql(county, record.measure), None, (), {})
    record = definition(found, measure)
    behind = set(found.manifest["definitions"][record.measure]["loads"])
    loads = tuple(each for each in found.manifest["loads"] if each["load"] in behind)
    fresh = {
        source: day for source, day in found.manifest["freshness"].items() if source in {e["source"] for e in loads}
    }
    return Explanation(record, found.sql(record.measure), found.name, loads, fresh)
