"""Reads the borders of areas that stand beside their record in county/areas. How they are drawn is not here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County

Feature = Mapping[str, Any]
"""A GeoJSON feature: `id` is a code, `geometry` a Polygon or MultiPolygon."""

SHAPES = {"Polygon": 2, "MultiPolygon": 3}
"""Kind of geometry -> how deep its coordinates lie."""


def beside(record: Path) -> Path:
    """The file of borders that belongs to a record's file."""
    return record.with_suffix(".geojson")


def features(county: County, areas: str) -> tuple[Feature, ...]:
    """The features of one set of areas, none where the county has no such set. Raises UserError for a broken file."""
    if areas not in county.areas:
        return ()
    path = beside(county.files["areas", areas])
    found = read(path)
    if isinstance(found, str):
        raise UserError(f"{path}: {found}. luotsi check says what would be right.")
    return found


def read(path: Path) -> tuple[Feature, ...] | str:
    """The features of a file, or what is wrong with it."""
    try:
        said: Any = json.loads(path.read_text("utf-8"))
    except OSError:
        return "the file is not there"
    except ValueError as error:
        return f"the file is not JSON ({error})"
    listed = cast("dict[str, Any]", said).get("features") if isinstance(said, dict) else None
    if not isinstance(listed, list):
        return "the file is no collection of features"
    found = cast("list[Any]", listed)
    wrong = next((place for place, each in enumerate(found) if not _is_feature(each)), None)
    return tuple(found) if wrong is None else f"feature {wrong + 1} has no id or no polygon"


def _is_feature(each: Any) -> bool:
    try:
        geometry = each["geometry"]
        depth, point = SHAPES[geometry["type"]], geometry["coordinates"]
        for _ in range(depth + 1):
            point = point[0]
        return isinstance(each["id"], str) and isinstance(point, int | float)
    except (KeyError, IndexError, TypeError):
        return False
