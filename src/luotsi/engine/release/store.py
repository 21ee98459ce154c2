"""Where releases lie and how they are read: folders under releases/, the pointer `current`, manifests, results.

A release never changes once it is there. How one is made stands in `building`.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from luotsi.concepts.errors import UserError
from luotsi.engine.release.arrow import Table, pa, pq

SCHEMA = pa.schema(
    [
        ("kind", pa.string()),
        ("name", pa.string()),
        ("version", pa.int32()),
        ("subject", pa.string()),
        ("period", pa.string()),
        ("group", pa.string()),
        ("numerator", pa.float64()),
        ("denominator", pa.float64()),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("n", pa.int64()),
        ("suppressed", pa.bool_()),
    ]
)
"""The one long shape of results. A suppressed row has no numbers at all."""

NUMBERS = ("numerator", "denominator", "value", "low", "high", "n")


@dataclass(frozen=True)
class Release:
    """One release on disk, read when asked."""

    folder: Path

    @property
    def name(self) -> str:
        """Its id: the UTC time it was made and the start of the digest of its results."""
        return self.folder.name

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """What the release says about itself: definitions, loads, rows, versions."""
        return json.loads((self.folder / "manifest.json").read_text("utf-8"))

    def results(self, kind: str, name: str) -> Table:
        """The rows of one measure or segment list, in the order of the release."""
        wanted = [("kind", "=", kind), ("name", "=", name)]
        return pq.read_table(self.folder / "results.parquet", filters=wanted, partitioning=None)

    def labels(self) -> Table:
        """The words for codes: dimension, code, fi, sv, en."""
        return pq.read_table(self.folder / "labels.parquet", partitioning=None)

    def sql(self, measure: str) -> str:
        """The SQL that a measure's numbers came from."""
        return (self.folder / "sql" / f"{measure}.sql").read_text("utf-8")


def releases(home: Path) -> list[Release]:
    """All releases of a home, oldest first."""
    folder = home / "releases"
    if not folder.is_dir():
        return []
    return [Release(each) for each in sorted(folder.iterdir()) if (each / "manifest.json").is_file()]


def current(home: Path) -> Release | None:
    """The release that `current` names, or None before the first."""
    pointer = home / "releases" / "current"
    if not pointer.is_file():
        return None
    name = pointer.read_text("utf-8").strip()
    if not (home / "releases" / name / "manifest.json").is_file():
        raise UserError(f"{pointer} names the release {name}, which is not there. Run `luotsi release` to make one.")
    return Release(home / "releases" / name)


def find(home: Path, name: str | None = None) -> Release:
    """The named release, or the current one. Raises UserError that says what to run."""
    found = current(home)
    if name is None:
        if found is None:
            raise UserError(f"There is no release in {home} yet. Run `luotsi up`, or land, load and release.")
        return found
    matching = [each for each in releases(home) if each.name == name]
    if not matching:
        known = ", ".join(each.name for each in releases(home)[-5:]) or "none"
        raise UserError(f"There is no release {name} in {home}. The latest are: {known}.")
    return matching[0]


def point_to(home: Path, name: str) -> None:
    """Makes a release the current one: the pointer changes in one step, or not at all."""
    folder = home / "releases"
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".current-")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(name + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    os.chmod(temporary, 0o644)
    os.replace(temporary, folder / "current")
