"""What lies landed in the lake and what of it the vault has: extracts, in the groups they are loaded in.

Reads manifests, never rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from luotsi.concepts.errors import UserError
from luotsi.engine.lake.manifest import NAME, lake
from luotsi.engine.store import reached, read

GROUP_ROWS = 5_000_000
"""A group of delta extracts is loaded in one transaction; it ends when it holds so many rows."""


@dataclass(frozen=True)
class Extract:
    """A landed extract: the fields of its manifest that a load needs."""

    name: str
    source: str
    instance: str
    table: str
    created_at: datetime
    delivery: str
    rows: int
    quarantined: int
    columns: frozenset[str]
    path: Path

    @property
    def keys(self) -> Path | None:
        """The file of the keys of rows that the lake holds in quarantine, if there are such rows."""
        path = self.path.with_name("quarantine_keys.parquet")
        with reached(path):
            return path if self.quarantined and path.exists() else None

    @property
    def stream(self) -> tuple[str, str, str]:
        """Extracts of one stream follow each other in time."""
        return self.source, self.instance, self.table

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What tells an extract from all others."""
        return (*self.stream, self.name)


def landed(home: Path) -> list[Extract]:
    """Every extract in the lake, in order of stream and time. Raises UserError for a manifest that cannot be read."""
    found = read(lake(home), f"*/*/*/{NAME}", _read)
    return sorted(found, key=lambda each: (each.stream, each.created_at, each.name))


def _read(path: Path, _written: str) -> Extract:
    try:
        said = json.loads(path.read_text("utf-8"))
        created = datetime.fromisoformat(said["created_at"])
        columns = frozenset(str(each) for each in said["columns"])
        return Extract(
            said["extract"], said["source"], said["instance"], said["table"], created.replace(tzinfo=None),
            said["delivery"], int(said["rows_landed"]), int(said["rows_quarantined"]), columns,
            path.with_name("rows.parquet"),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} is not the manifest of an extract ({error}); land the file again") from error


def groups(extracts: Iterable[Extract]) -> Iterator[list[Extract]]:
    """Extracts as they are loaded: consecutive deltas of a stream together, each full extract alone."""
    for _, stream in groupby(extracts, key=lambda each: each.stream):
        group: list[Extract] = []
        for extract in stream:
            full = extract.delivery == "full"
            if group and (full or sum(each.rows for each in group) + extract.rows > GROUP_ROWS):
                yield group
                group = []
            group.append(extract)
            if full:
                yield group
                group = []
        if group:
            yield group
