"""Finds the FHIR resources of a file: lines of NDJSON, or documents with bundles in them. Knows no columns.

Gives SQL that reads them and an account of what is there. Nothing is kept in memory but one block of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from luotsi.concepts.errors import UserError
from luotsi.connectors.database import connect
from luotsi.connectors.fhir.compiler import quoted, reference_key
from luotsi.connectors.reading import Reject

LONGEST = 256 * 1024 * 1024
"""Bytes of the longest line of NDJSON."""
LARGEST = 4 * 1024**3 - 1
"""Bytes of the largest JSON document."""
UNPACKED = 30
"""A compressed document is taken to be at most this many times its size on disk."""


@dataclass(frozen=True)
class Documents:
    """The resources of a file.

    `plain`: FROM item with the column `resource`, every record, none left out, when all are sound resources of one
    type; None otherwise. `numbered`: FROM item with `_line` and `resource`, sound ones only.
    `types`: resource type -> how many. `broken`: how many records cannot be read.
    """

    path: Path
    lines: bool
    types: dict[str, int]
    broken: int
    plain: str | None
    numbered: str

    def rejects(self, con: duckdb.DuckDBPyConnection) -> list[Reject]:
        """The records that cannot be read, each with its line and why."""
        return list(self._rejects(con)) if self.broken else []

    def _rejects(self, con: duckdb.DuckDBPyConnection) -> Iterator[Reject]:
        rows = con.execute(
            f"SELECT _line, resource, try(json_valid(resource)) FROM {_all(self.path, self.lines)} "
            f"WHERE resource IS NOT NULL AND {_type('resource')} IS NULL ORDER BY _line"
        )
        while row := rows.fetchone():
            reason = "this is JSON but no FHIR resource: it has no resourceType" if row[2] else "this is not whole JSON"
            yield Reject(int(row[0]), reason, str(row[1]))


def find(path: Path) -> Documents:
    """Looks through a file once. Raises UserError where it is empty, cut short, not UTF-8, or no FHIR at all."""
    if not path.is_file():
        raise UserError(f"There is no file {path}; give the path of a file with FHIR resources.")
    lines = path.name.removesuffix(".gz").endswith((".ndjson", ".jsonl"))
    types, broken, empty = _account(path, lines)
    if not types and not broken:
        raise UserError(f"{path} is empty: it holds no FHIR resource. Have it sent anew.")
    if not types:
        raise UserError(f"{path} is not FHIR: none of its {broken} records is a resource. Check what was sent.")
    one = lines and len(types) == 1 and not broken and not empty and "Bundle" not in types
    bundled = "Bundle" in types
    numbered = _unpacked(path, lines) if bundled else _sound(_all(path, lines))
    if bundled:
        types = _counts(path, f"SELECT {_type('resource')}, count(*) FROM {numbered} GROUP BY 1")
    types.pop("Bundle", None)
    return Documents(path, lines, types, broken, _lines(path) if one else None, numbered)


def _account(path: Path, lines: bool) -> tuple[dict[str, int], int, int]:
    """Resource types with counts, how many records are no resource, how many lines are empty."""
    source = _lines(path) if lines else _whole(path)
    found = _counts(
        path,
        f"SELECT CASE WHEN resource IS NULL THEN '' ELSE coalesce({_type('resource')}, '?') END, count(*) "
        f"FROM {source} GROUP BY 1",
    )
    return {name: count for name, count in found.items() if name not in ("", "?")}, found.get("?", 0), found.get("", 0)


def _counts(path: Path, query: str) -> dict[str, int]:
    with connect() as con:
        try:
            return {str(name): int(count) for name, count in con.execute(query).fetchall()}
        except duckdb.Error as error:
            raise UserError(f"{path} {_worded(str(error))}") from error


def _worded(message: str) -> str:
    lower = message.lower()
    if "unicode" in lower or "utf-8" in lower:
        return "is not UTF-8, which FHIR asks for. Have it sent anew as UTF-8."
    if any(word in lower for word in ("gzip", "decompress", "miniz", "corrupt")):
        return "is compressed and cut short or damaged. Have it sent anew."
    if "maximum_object_size" in lower or "max_line_size" in lower or "maximum line size" in lower:
        return "holds a document that is too large to read whole. Have it sent as NDJSON, a resource a line."
    if any(word in lower for word in ("malformed json", "unexpected end", "invalid input error", "json")):
        return "is not whole JSON: it is cut short or damaged. Have it sent anew."
    return f"cannot be read ({message.splitlines()[0]}). Have it sent anew."


def _type(column: str) -> str:
    return f"try(json_extract_string({column}, '$.resourceType'))"


def _lines(path: Path) -> str:
    """Each line as one text; a text in JSON holds no bare line feed, so that a line is a record."""
    return (
        f"(SELECT line AS resource FROM read_csv({quoted(str(path))}, columns = {{'line': 'VARCHAR'}}, "
        "auto_detect = false, header = false, delim = '\x01', quote = '', escape = '', strict_mode = false, "
        f"max_line_size = {LONGEST}))"
    )


def _whole(path: Path) -> str:
    size = path.stat().st_size * (UNPACKED if path.suffix == ".gz" else 1)
    largest = min(max(size, 16 * 1024 * 1024), LARGEST)
    return (
        f"(SELECT json::VARCHAR AS resource FROM read_json_objects({quoted(str(path))}, format = 'auto', "
        f"maximum_object_size = {largest}))"
    )


def _all(path: Path, lines: bool) -> str:
    return f"(SELECT row_number() OVER () AS _line, resource FROM {_lines(path) if lines else _whole(path)})"


def _sound(numbered: str) -> str:
    return f"(SELECT _line, resource FROM {numbered} WHERE {_type('resource')} IS NOT NULL)"


def _unpacked(path: Path, lines: bool) -> str:
    """The resources of bundles, and of bundles in bundles; one without an id takes that of its fullUrl."""
    key = reference_key("(e ->> '$.fullUrl')")
    entry = (
        "CASE WHEN (e ->> '$.fullUrl') IS NULL OR json_exists(e, '$.resource.id') THEN e -> '$.resource' "
        f"ELSE json_merge_patch(e -> '$.resource', json_object('id', {key})) END"
    )
    entries = f"list_transform(json_extract(resource, '$.entry[*]'), lambda e: CAST({entry} AS VARCHAR))"
    return (
        f"(WITH RECURSIVE documents AS (SELECT resource FROM {_sound(_all(path, lines))} UNION ALL "
        f"SELECT unnest({entries}) FROM documents WHERE (resource ->> '$.resourceType') = 'Bundle') "
        "SELECT row_number() OVER () AS _line, resource FROM documents "
        "WHERE resource IS NOT NULL AND (resource ->> '$.resourceType') <> 'Bundle')"
    )
