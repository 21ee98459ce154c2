"""What the monitor of data shows, looked at once in a run: how each source stands, and why rows are in quarantine.

The desk reads what a run kept of this; no page asks the engine. No value of a row is in it, only counts and reasons.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import TypedDict

import pyarrow.parquet as pq

from luotsi.concepts.reading import County
from luotsi.engine import lake, vault
from luotsi.engine.lake import Manifest
from luotsi.engine.lake.manifest import folder
from luotsi.engine.store import reached
from luotsi.jobs.standing import DAYS, SourceStanding, standing

REASONS = 20
"""How many reasons of a source are told, the most frequent ones."""


class Reason(TypedDict):
    """Why rows of a table were set aside, when it landed (`column`) or when it was loaded (an attribute)."""

    table: str
    column: str
    reason: str
    rows: int


class SourceSurvey(TypedDict):
    """How one source stands. Times are ISO wall time of ours; `allowed` days old is in time, None for no schedule."""

    source: str
    label: dict[str, str]
    schedule: str
    allowed: int | None
    extracts: int
    rows: int
    quarantined: int
    newest: str | None
    landed_at: str | None
    reasons: list[Reason]


Place = tuple[str, str, str]
"""(table, column or attribute, reason)"""


def survey(home: Path, county: County) -> list[SourceSurvey]:
    """How each source of a home stands, by name. Raises UserError when another process holds the vault."""
    reasons = _in_vault(home)
    manifests = lake.manifests(home)
    landed = {each.source: each.landed_at for each in sorted(manifests, key=lambda each: each.landed_at)}
    for each in manifests:
        if each.rows_quarantined:
            reasons[each.source].update(_in_lake(home, each))
    return [
        _survey(county, each, landed[each.source].isoformat() if each.source in landed else None, reasons[each.source])
        for each in standing(home, county).sources
    ]


def _survey(county: County, found: SourceStanding, landed_at: str | None, reasons: Counter[Place]) -> SourceSurvey:
    record = county.sources.get(found.source)
    name = found.source
    return SourceSurvey(
        source=name,
        label=record.label.model_dump() if record else {"fi": name, "sv": name, "en": name},
        schedule=found.schedule,
        allowed=DAYS.get(found.schedule),
        extracts=found.extracts,
        rows=found.rows,
        quarantined=sum(reasons.values()),
        newest=found.newest.isoformat() if found.newest else None,
        landed_at=landed_at,
        reasons=[
            Reason(table=table, column=column, reason=reason, rows=rows)
            for (table, column, reason), rows in reasons.most_common(REASONS)
        ],
    )


def _in_lake(home: Path, manifest: Manifest) -> Counter[Place]:
    """Rows set aside when an extract landed; one row may have several reasons, and the first is told."""
    path = folder(home, manifest) / "quarantine.parquet"
    first: dict[int, Place] = {}
    with reached(path), path.open("rb") as stream:
        rows = pq.ParquetFile(stream).read().to_pylist()
    for row in rows:
        first.setdefault(row["line"], (manifest.table, row["column"] or "", row["reason"]))
    return Counter(first.values())


def _in_vault(home: Path) -> defaultdict[str, Counter[Place]]:
    """Rows set aside when they were loaded, by source."""
    found: defaultdict[str, Counter[Place]] = defaultdict(Counter)
    if not vault.exists(home):
        return found
    con = vault.open_vault(home, read_only=True)
    try:
        rows = con.execute(
            "SELECT source, \"table\", coalesce(attribute, ''), reason, count(DISTINCT (extract, line)) "
            "FROM vault.quarantine GROUP BY ALL"
        ).fetchall()
    finally:
        con.close()
    for source, table, attribute, reason, count in rows:
        found[source][table, attribute, reason] += count
    return found
