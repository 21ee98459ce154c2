"""Reads FHIR files for the lake: which tables of a source a file holds, and the SELECT of each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from luotsi.concepts.errors import UserError
from luotsi.concepts.records import Source, Table
from luotsi.connectors.fhir import columns
from luotsi.connectors.fhir.documents import Documents, find
from luotsi.connectors.reading import Reading


def read(source: Source, path: Path) -> list[Reading]:
    """One reading for each table of the source whose resource stands in the file.

    Raises UserError where the file as a whole is at fault, or holds nothing that the source maps.
    """
    found = find(path)
    tables = {name: table for name, table in source.tables.items() if _stands(table, found)}
    if not tables:  # a file of nothing that is mapped was sent by mistake, or a table is missing
        held = ", ".join(sorted(found.types))
        raise UserError(f"{path} holds {held or 'empty bundles'}, and {source.source} maps none of them. Add a table.")
    mapped = {table.resource for table in tables.values()}
    notes = tuple(
        f"{count} resources of type {kind} were left out: {source.source} has no table for them"
        for kind, count in sorted(found.types.items())
        if kind not in mapped
    )
    readings = [_reading(name, table, found) for name, table in tables.items()]
    readings[0] = replace(readings[0], rejects=found.rejects, notes=notes)
    return readings


def _stands(table: Table, found: Documents) -> bool:
    """Whether a file gives the table any row, so that a file without components lands no empty extract of them."""
    if table.resource not in found.types:
        return False
    if table.each is None:
        return True
    with duckdb.connect() as con:
        rows = con.execute(f"SELECT 1 FROM ({_select(table, found)}) LIMIT 1").fetchall()
    return bool(rows)


def _select(table: Table, found: Documents) -> str:
    return columns.select(table, found.plain or found.numbered, filtered=found.plain is None)


def _reading(name: str, table: Table, found: Documents) -> Reading:
    """Every record of a sound file of one type is read side by side; else each is numbered and its type asked."""
    unnumbered = found.plain is not None or table.each is not None
    return Reading(
        table=name,
        select=_select(table, found),
        columns=tuple(table.columns),
        first_line=1 if unnumbered else None,
    )
