"""Writes the project into a folder: which files there are, and which of those that lie there are ours to replace."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from sqlglot import exp

from luotsi.concepts.errors import UserError
from luotsi.concepts.expressions import parse
from luotsi.concepts.reading import County
from luotsi.engine.dbt import described, texts
from luotsi.engine.dbt.dialects import DIALECTS, Dialect
from luotsi.engine.dbt.models import Folder, models, vault_of
from luotsi.engine.dbt.writing import written
from luotsi.engine.lake import manifest
from luotsi.engine.vault.extracts import landed
from luotsi.engine.vault.model import Model
from luotsi.engine.vault.values import long_lists

LIST = "luotsi-export.json"
"""The file that names every other file we wrote."""


@dataclass(frozen=True)
class Exported:
    """What was written."""

    folder: Path
    tables: int
    models: int


def export(folder: Path, county: County, home: Path, dialect: str) -> Exported:
    """Writes the warehouse of what has landed in a home as a dbt project.

    Raises UserError when nothing has landed, when the folder holds something else, or when a mapping uses what the
    dialect cannot say.
    """
    tables = frozenset((each.source, each.table) for each in landed(home))
    tables = frozenset((s, t) for s, t in tables if s in county.sources and t in county.sources[s].tables)
    if not tables:
        raise UserError(f"Nothing has landed in {home}: the project is written of what has. Run luotsi land first")
    before = _listed(folder)
    made = files(county, vault_of(county, tables), tables, DIALECTS[dialect], manifest.lake(home))
    _write(folder, before, made)
    return Exported(folder, len(tables), sum(name.endswith(".sql") for name in made))


def files(
    county: County, vault: Model, tables: Iterable[tuple[str, str]], dialect: Dialect, lake: Path
) -> dict[str, str]:
    """Every file of the project by its path in the folder. Raises UserError as `export`."""
    _check_said(county, vault, dialect)
    made = list(models(county, vault))
    told = {f"models/{each.folder}/{each.name}.sql": written(each.query, dialect) for each in made}
    for name, text in told.items():
        told[name] = _alias(Path(name).stem, dialect) + text
    for layer in get_args(Folder):
        those = [each for each in made if each.folder == layer]
        told[f"models/{layer}/{layer}.yml"] = described.layer(county, vault, those, dialect)
    told["models/lake.yml"] = described.sources(county, tables, dialect)
    codes = long_lists(county)
    if codes:
        told["seeds/code_values.csv"] = _seed(codes, dialect)
    told["dbt_project.yml"] = texts.project(dialect, lake, bool(codes))
    told["profiles.example.yml"] = texts.profile(dialect)
    told["README.md"] = texts.readme(dialect, len(made), len({*tables}))
    return told


def _alias(name: str, dialect: Dialect) -> str:
    """A shorter name of the table where the dialect cannot hold the model's own."""
    if dialect.longest_name is None or len(name) <= dialect.longest_name:
        return ""
    digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[:8]
    return f"{{{{ config(alias='{name[: dialect.longest_name - 9]}_{digest}') }}}}\n"


def _seed(rows: Iterable[tuple[str, str, str]], dialect: Dialect) -> str:
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow([dialect.named(each) for each in ("list", "code", "national")])
    write.writerows(rows)
    return out.getvalue()


def _check_said(county: County, vault: Model, dialect: Dialect) -> None:
    """Refuses a mapping that calls what the dialect has no word for."""
    if dialect.spoken is None:
        return
    for feed in vault.feeds:
        table = county.sources[feed.source].tables[feed.table]
        mapping = table.into[feed.place]
        values = [*mapping.key.values(), *mapping.attributes.values()]
        values += [each for pair in mapping.same_as for each in (pair.member, pair.master)]
        wanted = [each.value for each in values] + [each for each in (mapping.where, table.deleted) if each]
        for text in wanted:
            for call in parse(text).find_all(exp.Anonymous):
                if str(call.this).lower() not in dialect.spoken:
                    raise UserError(
                        f"sources/{feed.source}, table {feed.table}: {str(call.this).lower()} cannot be written for "
                        f"{dialect.name}. Write the project with --dialect duckdb, or map the column without it"
                    )


def _listed(folder: Path) -> set[str]:
    """The files of a project that was written here before; none where the folder is new or empty."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return set()
    path = folder / LIST
    if not path.is_file():
        raise UserError(f"{folder} holds something else than a project of ours. Give a new or an empty folder")
    try:
        return {str(each) for each in json.loads(path.read_text("utf-8"))["files"]}
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} cannot be read ({error}). Give a new or an empty folder") from error


def _write(folder: Path, before: set[str], made: dict[str, str]) -> None:
    """Puts the files there; those we wrote before and no longer make are removed, all others left."""
    theirs = sorted(name for name in made if name not in before and (folder / name).exists())
    if theirs:
        raise UserError(f"{folder / theirs[0]} is a file of your own where one of ours must be. Move or rename it")
    for name in sorted(before - {*made}):
        if (folder / name).resolve().is_relative_to(folder.resolve()):
            (folder / name).unlink(missing_ok=True)
    for name, text in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (folder / LIST).write_text(json.dumps({"files": sorted(made)}, indent=1) + "\n", "utf-8")
