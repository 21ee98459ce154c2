"""The manifest of a landed extract, and where extracts stand on disk. Writes no rows."""

from __future__ import annotations

import datetime
import json
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from luotsi.engine.store import read, store

NAME = "manifest.json"


class Manifest(BaseModel):
    """What landed: rows_sent is always rows_landed + rows_quarantined. Times are local, ISO."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    extract: str
    source: str
    instance: str
    table: str
    file: str
    sha256: str
    bytes: int
    created_at: datetime.datetime
    """The time the extract speaks for."""
    landed_at: datetime.datetime
    delivery: Literal["full", "delta"]
    rows_sent: int
    rows_landed: int
    rows_quarantined: int
    columns: tuple[str, ...]
    undeclared: tuple[str, ...]
    encoding: str
    unusual: tuple[str, ...]
    content: str
    """Digest of the source record that the extract was read by."""


def lake(home: Path) -> Path:
    """The folder of all landed extracts."""
    return store(home) / "lake"


def folder(home: Path, manifest: Manifest) -> Path:
    """The folder of one landed extract: manifest.json, rows.parquet, quarantine.parquet and its keys."""
    return lake(home) / manifest.source / manifest.table / manifest.extract


def manifests(home: Path, source: str = "*", table: str = "*") -> list[Manifest]:
    """Every landed extract, by the time it speaks for, then by name."""
    found = read(lake(home), f"{source}/{table}/*/{NAME}", _parsed)
    return sorted(found, key=lambda each: (each.created_at, each.source, each.table, each.extract))


@lru_cache(maxsize=100_000)
def _parsed(path: Path, written: str) -> Manifest:
    """A manifest never changes, so that it is read once in the life of a process."""
    return Manifest.model_validate(json.loads(path.read_text("utf-8")))
