"""What a delivered file says of itself: its name, and the manifest beside it. Reads no rows."""

from __future__ import annotations

import datetime
import fnmatch
import json
import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from luotsi.concepts.errors import UserError
from luotsi.concepts.records import Source

Kind = Literal["full", "delta"]
NAME = re.compile(r"_(?P<day>\d{8})(?:T?(?P<time>\d{4,6}))?_(?P<kind>full|delta)\.[^/]+$")


class Delivered(BaseModel):
    """The manifest a sender puts beside a file; other words in it are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: str | None = None
    instance: str | None = None
    table: str | None = None
    created_at: datetime.datetime | None = None
    delivery: Kind | None = None
    rows: int | None = None
    sha256: str | None = None
    encoding: str | None = None
    delimiter: str | None = None


def beside(path: Path) -> Path:
    """Where the manifest of a file stands."""
    return path.with_name(path.name + ".manifest.json")


def delivered(path: Path) -> Delivered | None:
    """The manifest of a file, or None where there is none. Raises UserError where it cannot be read."""
    for place in (beside(path), path.with_name(re.sub(r"\.[a-z]+(\.gz)?$", "", path.name) + ".manifest.json")):
        if place.is_file():
            try:
                return Delivered.model_validate(json.loads(place.read_text("utf-8")))
            except (ValueError, OSError) as error:
                what = error.errors()[0]["loc"] if isinstance(error, ValidationError) else error
                raise UserError(f"{place} is not a manifest ({what}). Have it sent anew.") from error
    return None


def table_of(source: Source, path: Path) -> str | None:
    """The table whose `files` pattern the name meets; the longest pattern wins. None where no pattern does."""
    names = {path.name, path.name.removesuffix(".gz")}
    met = [
        (len(pattern), name)
        for name, table in source.tables.items()
        for pattern in table.files
        if any(fnmatch.fnmatchcase(each, pattern) for each in names)
    ]
    return max(met)[1] if met else None


def instance_of(source: Source, table: str, path: Path) -> str:
    """The sending instance in `<source>_<instance>_<table>_<yyyymmdd>_<full|delta>`, else the source itself."""
    found = re.match(rf"{re.escape(source.source)}_(.+?)_{re.escape(table)}_\d{{8}}", path.name)
    return found[1] if found else source.source


def kind_of(path: Path) -> Kind | None:
    """Full or delta, as the end of the name says."""
    found = NAME.search(path.name)
    return None if found is None else ("full" if found["kind"] == "full" else "delta")


def day_of(path: Path) -> datetime.datetime | None:
    """The time the name says the extract speaks for. Raises UserError where it is no day."""
    found = NAME.search(path.name)
    if found is None:
        return None
    try:
        clock = (found["time"] or "").ljust(6, "0")
        return datetime.datetime.strptime(found["day"] + clock, "%Y%m%d%H%M%S")
    except ValueError as error:
        raise UserError(f"{path.name} names a day that does not exist: {found['day']}. Mend it.") from error
