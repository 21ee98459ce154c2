"""How things stand in a home: each source with its newest extract and whether it is late, the vault, the release."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from luotsi.concepts.reading import County
from luotsi.engine import lake, release, vault
from luotsi.engine.lake import Manifest
from luotsi.engine.release import Release

DAYS = {"daily": 2, "weekly": 9, "monthly": 40, "yearly": 400}
"""How old the newest extract of a schedule may be before it is late: one turn and a margin for holidays."""


@dataclass(frozen=True)
class SourceStanding:
    """What has landed from a source. `newest` is the time its newest extract speaks for."""

    source: str
    schedule: str
    extracts: int
    rows: int
    quarantined: int
    newest: datetime.datetime | None
    late_days: int
    """Days past what the schedule allows; 0 when in time, or when nothing is expected."""


@dataclass(frozen=True)
class Standing:
    """All of a home at one look."""

    sources: tuple[SourceStanding, ...]
    extracts: int
    loaded: int
    release: Release | None
    release_age: datetime.timedelta | None


def standing(home: Path, county: County, *, now: datetime.datetime | None = None) -> Standing:
    """How a home stands at a moment (now, in local time). An empty home is no error: everything is nought."""
    moment = now or datetime.datetime.now()
    manifests = lake.manifests(home)
    found = release.current(home)
    age = None
    if found is not None:
        made_at = datetime.datetime.fromisoformat(str(found.manifest["created_at"]))
        age = moment.astimezone() - made_at
    sources = tuple(
        _source(county, name, [each for each in manifests if each.source == name], moment)
        for name in sorted({*county.sources, *(each.source for each in manifests)})
    )
    return Standing(sources, len(manifests), _loaded(home), found, age)


def _source(county: County, name: str, manifests: list[Manifest], moment: datetime.datetime) -> SourceStanding:
    newest = max((each.created_at for each in manifests), default=None)
    schedule = county.sources[name].schedule if name in county.sources else "once"
    allowed = DAYS.get(schedule)
    late = 0 if newest is None or allowed is None else max(0, (moment - newest).days - allowed)
    return SourceStanding(
        name,
        schedule,
        len(manifests),
        sum(each.rows_landed for each in manifests),
        sum(each.rows_quarantined for each in manifests),
        newest,
        late,
    )


def _loaded(home: Path) -> int:
    """How many extracts the vault has loaded; none where there is no vault yet."""
    if not vault.exists(home):
        return 0
    con = vault.open_vault(home, read_only=True)
    try:
        known = con.execute("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'vault'").fetchone()
        if not known or not known[0]:
            return 0
        row = con.execute("SELECT count(*) FROM vault.loads").fetchone()
        return int(row[0]) if row else 0
    finally:
        con.close()
