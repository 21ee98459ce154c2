"""Writes a finished draft as a folder under releases/: results, labels, SQL, manifest; one rename makes it appear."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from luotsi.concepts.reading import County
from luotsi.engine.duck.connection import Connection
from luotsi.engine.release.arrow import Table, pa, pc, pq
from luotsi.engine.release.books import told
from luotsi.engine.release.draft import Draft
from luotsi.engine.release.labels import labels
from luotsi.engine.release.store import SCHEMA, current, point_to
from luotsi.engine.release.suppression import SMALL

ROW_GROUP = 50_000


def publish(home: Path, con: Connection, county: County, draft: Draft, loads: list[dict[str, Any]]) -> Path:
    """Writes the release and makes it current; gives its folder."""
    folder = home / "releases"
    folder.mkdir(parents=True, exist_ok=True)
    made_at = datetime.datetime.now(datetime.UTC)
    temporary = Path(tempfile.mkdtemp(dir=folder, prefix=".making-"))
    try:
        results = pa.concat_tables([SCHEMA.empty_table(), *draft.tables]).sort_by(
            [(name, "ascending") for name in ("kind", "name", "period", "group")]
        )
        _write(results, temporary / "results.parquet")
        _write(label_table(con, county), temporary / "labels.parquet")
        (temporary / "sql").mkdir()
        for name, text in sorted(draft.sql.items()):
            (temporary / "sql" / f"{name}.sql").write_text(text.rstrip() + "\n", "utf-8")
        mark = hashlib.sha256((temporary / "results.parquet").read_bytes()).hexdigest()
        name = _free_name(folder, made_at, mark)
        before = current(home)
        manifest = {
            "release": name,
            "created_at": made_at.isoformat(timespec="seconds"),
            "content": county.digest,
            "results": mark,
            "first_month": f"{draft.window.first:%Y-%m}",
            "last_month": f"{draft.window.last:%Y-%m}",
            "small": SMALL,
            "definitions": draft.definitions,
            "segments": {each: record.model_dump(mode="json") for each, record in sorted(county.segments.items())},
            "loads": told(home, con, loads),
            "freshness": freshness(loads),
            **counted(results),
            "engine": _versions(),
            "previous": before.name if before else None,
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
        (temporary / "manifest.json").write_text(text, "utf-8")
        temporary.chmod(0o755)
        os.rename(temporary, folder / name)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    point_to(home, name)
    return folder / name


def label_table(con: Connection, county: County) -> Table:
    """The labels of every dimension as a table: dimension, code, fi, sv, en."""
    columns: list[tuple[str, ...]] = list(zip(*labels(con, county), strict=True)) or [()] * 5
    names = ("dimension", "code", "fi", "sv", "en")
    return pa.table({name: pa.array(values, pa.string()) for name, values in zip(names, columns, strict=True)})


def freshness(loads: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The time that the newest extract of each source speaks for."""
    newest: dict[str, str] = {}
    for each in loads:
        newest[each["source"]] = max(newest.get(each["source"], ""), str(each["created_at"]))
    return dict(sorted(newest.items()))


def counted(results: Table) -> dict[str, Any]:
    """How many rows of each kind there are, and how many rows of each measure or segment list are suppressed."""
    kinds = pc.value_counts(results["kind"]).to_pylist()
    hidden = pc.value_counts(results.filter(results["suppressed"])["name"]).to_pylist()
    return {
        "rows": {each["values"]: each["counts"] for each in kinds},
        "suppressed": {each["values"]: each["counts"] for each in sorted(hidden, key=lambda each: each["values"])},
    }


def _write(table: Table, path: Path) -> None:
    pq.write_table(table, path, row_group_size=ROW_GROUP, compression="zstd", write_statistics=True)


def _free_name(folder: Path, made_at: datetime.datetime, mark: str) -> str:
    """A name no release has, of a second no release has, so that names stand in the order they were made."""
    while any(folder.glob(f"{made_at:%Y%m%dT%H%M%SZ}-*")):
        made_at += datetime.timedelta(seconds=1)
    return f"{made_at:%Y%m%dT%H%M%SZ}-{mark[:8]}"


def _versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for package in ("luotsi", "duckdb", "sqlglot", "pyarrow", "numpy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found
