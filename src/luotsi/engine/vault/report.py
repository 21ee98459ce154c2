"""What a load did and what was unusual about it: the report of one group of extracts.

Counts and sentences only; no value of any row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

QUARANTINE_SHARE = 0.05
DELETED_SHARE = 0.2
VOLUME_TIMES = 10


@dataclass
class LoadReport:
    """One transaction of a load: a group of extracts of one source table.

    Counts are of rows of the extracts, except `versions` (rows written to links and satellites), `keys` (new in the
    hub of a mapping) and `deleted` (versions that say a thing is gone).
    """

    source: str
    instance: str
    table: str
    extracts: tuple[str, ...]
    delivery: str
    loads: tuple[int, ...]
    rows: int = 0
    quarantined: int = 0
    keys: int = 0
    versions: int = 0
    deleted: int = 0
    duplicates: int = 0
    late: int = 0
    replayed: int = 0
    seconds: float = 0.0
    usual_rows: int | None = None
    """Rows of the extract before, for comparison."""
    unknown_codes: dict[str, int] = field(default_factory=dict[str, int])
    """Attribute -> rows whose code is in no list of ours (open lists let them through)."""
    faults: dict[str, int] = field(default_factory=dict[str, int])
    """'concept attribute reason' -> rows quarantined."""
    undescribed: dict[str, int] = field(default_factory=dict[str, int])
    """Concept -> keys that rows refer to and no extract has described."""
    notes: list[str] = field(default_factory=list[str])

    @property
    def unusual(self) -> list[str]:
        """What a person should look at, a sentence each."""
        return [*self._shares(), *self._details(), *self.notes]

    def as_json(self) -> dict[str, Any]:
        """The report as it stands in `vault.loads`."""
        return {**asdict(self), "unusual": self.unusual}

    def _shares(self) -> Iterator[str]:
        if self.rows == 0:
            yield "the extract has no rows"
        elif self.usual_rows and self.rows >= VOLUME_TIMES * self.usual_rows:
            yield f"{self.rows} rows, where the extract before had {self.usual_rows}"
        elif self.usual_rows and self.rows * VOLUME_TIMES <= self.usual_rows:
            yield f"only {self.rows} rows, where the extract before had {self.usual_rows}"
        if self.rows and self.quarantined / self.rows > QUARANTINE_SHARE:
            yield f"{self.quarantined} of {self.rows} rows went to quarantine"
        if self.deleted > 100 and self.versions and self.deleted / self.versions > DELETED_SHARE:
            yield f"{self.deleted} of {self.versions} changes are deletions"

    def _details(self) -> Iterator[str]:
        for what, count in sorted(self.faults.items()):
            yield f"{what}: {count} rows in quarantine"
        for name, count in sorted(self.unknown_codes.items()):
            yield f"{name}: {count} codes are in no code list"
        for name, count in sorted(self.undescribed.items()):
            yield f"{count} keys of {name} are referred to, but no extract has described them"
        if self.duplicates:
            yield f"{self.duplicates} rows stand more than once in the extract"
        if self.late:
            yield f"{self.late} rows speak of a time already loaded"
