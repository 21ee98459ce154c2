"""Reads a Parquet file as one table: its columns by their names, as text. Nested columns come as JSON text."""

from __future__ import annotations

from pathlib import Path

import duckdb

from luotsi.concepts.errors import UserError
from luotsi.concepts.records import Source, Table
from luotsi.connectors.database import connect
from luotsi.connectors.delivery import table_of
from luotsi.connectors.reading import Reading


def read(source: Source, path: Path) -> list[Reading]:
    """The reading of the table the file's name tells. Raises UserError where the file as a whole is at fault."""
    table = table_of(source, path)
    if table is None:
        raise UserError(
            f"{path.name} meets no `files` pattern of the source {source.source}. Mend its name or add one."
        )
    sent = _columns(path)
    places = _places(source.tables[table], table, set(sent), path)
    known = {heading for heading in places.values() if heading}
    undeclared = {name: name for name in sent if name not in known}
    chosen = ", ".join(_as_text(name, heading, sent) for name, heading in {**places, **undeclared}.items())
    return [
        Reading(
            table=table,
            select=f"SELECT {chosen} FROM read_parquet({_text(str(path))})",
            columns=tuple(places),
            undeclared=tuple(undeclared),
            first_line=1,
        )
    ]


def _columns(path: Path) -> dict[str, str]:
    """Column -> DuckDB type, in the order of the file."""
    try:
        with connect() as con:
            rows = con.execute(f"DESCRIBE SELECT * FROM read_parquet({_text(str(path))})").fetchall()
    except duckdb.Error as error:
        raise UserError(f"{path} is no whole Parquet file: it is cut short or something else. Resend it.") from error
    return {str(row[0]): str(row[1]) for row in rows}


def _places(table: Table, name: str, sent: set[str], path: Path) -> dict[str, str | None]:
    """Declared column -> the heading it stands under, or None where it is not sent."""
    found: dict[str, str | None] = {}
    for column, record in table.columns.items():
        there = [heading for heading in (record.path or column, *record.also) if heading in sent]
        if not there and record.required:
            raise UserError(f"{path} has no column {column}, which {name} must have. Ask the sender what it is called.")
        found[column] = there[0] if there else None
    return found


def _as_text(name: str, heading: str | None, sent: dict[str, str]) -> str:
    if heading is None:
        return f"NULL::VARCHAR AS {_name(name)}"
    nested = any(mark in sent[heading] for mark in ("[]", "STRUCT(", "MAP("))
    value = f"to_json({_name(heading)})" if nested else _name(heading)
    return f"CAST({value} AS VARCHAR) AS {_name(name)}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
