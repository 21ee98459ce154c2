"""Lands files of a source: its connector reads them, the lake keeps them. A refused file stops no other."""

from __future__ import annotations

import datetime
import glob
import importlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.concepts.records import Source
from luotsi.connectors import delivery as sent
from luotsi.connectors.reading import ColumnsMissingError, Reading
from luotsi.engine import lake
from luotsi.engine.lake import Manifest
from luotsi.engine.lake.landing import file_digest, known, local

Kind = Literal["full", "delta"]
Progress = Callable[[int, int, Path], None]
"""Called with the number of files done, of all, and the file at hand."""


@dataclass(frozen=True)
class Landed:
    """What became of one file: its manifests (none where it had landed before), or why it was refused."""

    path: Path
    manifests: tuple[Manifest, ...] = ()
    error: str | None = None


def land(
    home: Path,
    county: County,
    source_name: str,
    paths: Iterable[str | Path],
    *,
    created_at: datetime.datetime | None = None,
    delivery: Kind | None = None,
    accept_unusual: bool = False,
    progress: Progress | None = None,
) -> list[Landed]:
    """Lands files, folders and globs of a source, oldest first. Raises UserError where nothing can be tried."""
    source = county.sources.get(source_name)
    if source is None:
        names = ", ".join(sorted(county.sources)) or "none"
        raise UserError(f"There is no source {source_name}. There are: {names}.")
    files = find(source, paths)
    results: list[Landed] = []
    for place, path in enumerate(files):
        if progress:
            progress(place, len(files), path)
        try:
            manifests = _land_one(home, county, source, path, created_at, delivery, accept_unusual)
            results.append(Landed(path, tuple(manifests)))
        except UserError as error:
            results.append(Landed(path, error=_placed(county, source, error)))
    return results


def find(source: Source, paths: Iterable[str | Path]) -> list[Path]:
    """The files meant by paths, by the time their names speak for. A folder gives those that a table takes."""
    found: dict[Path, None] = {}
    for each in paths:
        path = Path(each)
        if path.is_dir():
            inside = [file for file in path.rglob("*") if file.is_file() and _taken(source, file)]
            if not inside:
                raise UserError(f"No file in {path} meets a `files` pattern of the source {source.source}.")
            found |= dict.fromkeys(inside)
        elif path.exists():
            found[path] = None
        else:
            matches = [Path(match) for match in sorted(glob.glob(str(each), recursive=True))]
            files = [match for match in matches if match.is_file() and _taken(source, match)]
            if not files:
                raise UserError(f"There is no file {each}. See its name and place.")
            found |= dict.fromkeys(files)
    return sorted(found, key=lambda file: (_day(file), file.name, str(file)))


def _taken(source: Source, path: Path) -> bool:
    return not path.name.endswith(".manifest.json") and sent.table_of(source, path) is not None


def _day(path: Path) -> datetime.datetime:
    try:
        return sent.day_of(path) or datetime.datetime.min
    except UserError:
        return datetime.datetime.min  # refused, with its sentence, when its turn comes


def _land_one(
    home: Path,
    county: County,
    source: Source,
    path: Path,
    created_at: datetime.datetime | None,
    delivery: Kind | None,
    accept_unusual: bool,
) -> list[Manifest]:
    said = sent.delivered(path)
    if said is None and source.manifest == "required":
        raise UserError(
            f"{path} has no manifest beside it ({sent.beside(path).name}), and {source.source} must send one."
        )
    said = said or sent.Delivered()
    table = sent.table_of(source, path)
    for what, theirs, ours in (("source", said.source, source.source), ("table", said.table, table)):
        if theirs is not None and ours is not None and theirs != ours:
            raise UserError(
                f"The manifest of {path} speaks of the {what} {theirs}, its name of {ours}. Have it sent anew."
            )
    instance = said.instance or (sent.instance_of(source, table, path) if table else source.source)
    at = local(said.created_at) if said.created_at else (sent.day_of(path) or created_at)
    stated = at is not None
    if at is None:
        at = datetime.datetime.fromtimestamp(path.stat().st_mtime).replace(microsecond=0)
    kind = said.delivery or sent.kind_of(path) or delivery or _usual_kind(source, table, path)
    digest = file_digest(path)
    if table and known(home, source.source, table, instance, digest, at if stated else None):
        return []
    readings = _read(source, path)
    return lake.land(
        home,
        county,
        source,
        readings,
        path=path,
        created_at=at,
        delivery=kind,
        instance=instance,
        accept_unusual=accept_unusual,
        rows=said.rows if len(readings) == 1 else None,
        sha256=said.sha256,
        digest=digest,
        stated=stated,
    )


def _usual_kind(source: Source, table: str | None, path: Path) -> Kind:
    names = [table] if table else list(source.tables)
    kinds = {source.tables[name].delivery for name in names} - {"named"}
    if len(kinds) != 1:
        raise UserError(
            f"{path} does not say whether it is full or a delta. Say it with --delivery full or --delivery delta."
        )
    return "full" if kinds == {"full"} else "delta"


def _read(source: Source, path: Path) -> Sequence[Reading]:
    try:
        connector = importlib.import_module(f"luotsi.connectors.{source.connector}")
    except ModuleNotFoundError as error:
        raise UserError(
            f"The source {source.source} wants the connector {source.connector}, which is not there."
        ) from error
    return connector.read(source, path)


def _placed(county: County, source: Source, error: UserError) -> str:
    """The sentence of an error, with the file and line of the column it is about."""
    text = str(error)
    if not isinstance(error, ColumnsMissingError):
        return text
    line = county.line("sources", source.source, "tables", error.table, "columns", error.column)
    file = county.files.get(("sources", source.source))
    return text.replace(f"county/sources/{source.source}.yaml", f"{file} line {line}") if file else text
