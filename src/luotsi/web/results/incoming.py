"""Reads the folder of a release as the engine leaves it, and refuses what is broken, half there or not suppressed.

Nothing here touches the database.
"""
# pyarrow ships no types of its compute functions.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from luotsi.concepts.errors import UserError

NUMBERS = ("numerator", "denominator", "value", "low", "high", "n")
RESULTS = ("kind", "name", "subject", "period", "group", *NUMBERS, "suppressed")
LABELS = ("dimension", "code", "fi", "sv", "en")
SAID = ("release", "created_at", "content", "results", "first_month", "last_month", "small", "definitions", "loads")
PERIOD = r"^\d{4}(-(0[1-9]|1[0-2]|Q[1-4]))?$"
ABOUT_PEOPLE = ("persons", "events")


@dataclass(frozen=True)
class Incoming:
    """What a release's folder holds: its manifest, the tables of results and labels, and SQL by measure."""

    manifest: dict[str, Any]
    results: Any
    labels: Any
    sql: dict[str, str]

    @property
    def name(self) -> str:
        """The release's id."""
        return str(self.manifest["release"])


def read(folder: Path) -> Incoming:
    """Reads a release. Raises UserError, a sentence that names the file, when it is not whole or may not be shown."""
    manifest = _manifest(folder / "manifest.json")
    path = folder / "results.parquet"
    results = _table(path, RESULTS)
    if hashlib.sha256(path.read_bytes()).hexdigest() != manifest["results"]:
        raise UserError(f"{path} has changed since the release was made. Make a new one with `luotsi release`.")
    labels = _table(folder / "labels.parquet", LABELS)
    sql = {each: _text(folder / "sql" / f"{each}.sql") for each in manifest["definitions"]}
    _refuse_strangers(manifest, results)
    _refuse_small(manifest, results)
    return Incoming(manifest, results, labels, sql)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The release is not whole: {path} cannot be read ({error}).") from error


def _manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(_text(path))
    except ValueError as error:
        raise UserError(f"{path} is not the manifest of a release ({error}).") from error
    missing = [each for each in SAID if not isinstance(manifest, dict) or each not in manifest]
    if missing:
        raise UserError(f"{path} is not the manifest of a release: {', '.join(missing)} is missing.")
    return manifest


def _table(path: Path, columns: Iterable[str]) -> Any:
    try:
        return pq.read_table(path, columns=list(columns), partitioning=None)  # pyright: ignore[reportArgumentType]
    except (OSError, pa.ArrowException) as error:
        raise UserError(f"The release is not whole: {path} cannot be read ({error}).") from error


def _refuse_strangers(manifest: dict[str, Any], results: Any) -> None:
    """Only measures that are defined and segment lists, only periods, no single persons."""
    name = manifest["release"]
    measures = results.filter(pc.equal(results["kind"], "measure"))
    unknown = sorted(set(pc.unique(measures["name"]).to_pylist()) - set(manifest["definitions"]))
    if unknown:
        raise UserError(f"The release {name} has numbers of {unknown[0]} but not its definition.")
    kinds = sorted(set(pc.unique(results["kind"]).to_pylist()) - {"measure", "segment"})
    if kinds or results["subject"].null_count < len(results):
        raise UserError(
            f"The release {name} holds rows of {kinds[0] if kinds else 'single subjects'}; only aggregates."
        )
    wrong = results.filter(pc.invert(pc.match_substring_regex(results["period"], PERIOD)))
    if len(wrong):
        raise UserError(f"The release {name} has the period {wrong['period'][0]}; it can be 2024, 2024-Q1 or 2024-01.")


def _refuse_small(manifest: dict[str, Any], results: Any) -> None:
    """No hidden row may show a number, and no shown row of people may count from 1 to `small` - 1 of them.

    What is counted: n always, the numerator of shares and counts, and what is left of the denominator of a share.
    """
    shown = pc.invert(results["suppressed"])
    for each in NUMBERS:
        _refuse(manifest, results.filter(pc.and_(results["suppressed"], pc.is_valid(results[each]))), "hidden", each)
    records = {name: each["record"] for name, each in manifest["definitions"].items()}
    people = {name: each for name, each in records.items() if each["counts"] in ABOUT_PEOPLE}
    counted = [name for name, each in people.items() if each["result"] in ("share", "count", "distinct")]
    shares = [name for name, each in people.items() if each["result"] == "share"]
    segments = [str(each) for each in manifest.get("segments", {})]
    rest = pc.subtract(results["denominator"], results["numerator"])
    looks = ((results["n"], [*people, *segments]), (results["numerator"], [*counted, *segments]), (rest, shares))
    for column, names in looks:
        small = pc.and_(pc.greater_equal(column, 1), pc.less(column, manifest["small"]))
        about = pc.is_in(results["name"], pa.array(names, pa.string()))
        found = results.filter(pc.and_(pc.and_(shown, about), pc.fill_null(small, False)))
        _refuse(manifest, found, "shown", "count of people below " + str(manifest["small"]))


def _refuse(manifest: dict[str, Any], rows: Any, how: str, what: str) -> None:
    if not len(rows):
        return
    row = rows.slice(0, 1).to_pylist()[0]
    where = f"{row['name']}, {row['period']}, {row['group'] or 'total'}"
    fault = f"a hidden row with its {what}" if how == "hidden" else f"a {what} that is not hidden"
    raise UserError(f"The release {manifest['release']} has {fault} ({where}, {len(rows)} rows); it is not taken in.")
