"""Reads FHIR files for the lake: which tables of a source a file holds, and the SELECT of each.

A large file whose lines all start as one type of resource is read as typed columns, each line parsed once; what that
meets and cannot take makes the lake turn to the careful reading. Every other file is looked through first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import duckdb

from luotsi.concepts.errors import UserError
from luotsi.concepts.records import Source, Table
from luotsi.connectors.database import connect
from luotsi.connectors.fhir import columns, typed
from luotsi.connectors.fhir.documents import Documents, find
from luotsi.connectors.fhir.uniform import uniform
from luotsi.connectors.reading import Reading

LARGE = 4 * 1024 * 1024
"""Bytes from which a file is worth a typed reading; to look through a smaller one costs next to nothing."""


def read(source: Source, path: Path, *, large: int = LARGE) -> list[Reading]:
    """One reading for each table of the source whose resource stands in the file.

    Raises UserError where the file as a whole is at fault, or holds nothing that the source maps; of a file of at
    least `large` bytes that may come only from the careful twins of the readings.
    """
    if path.is_file() and path.stat().st_size >= large and (kind := uniform(path)):
        readings = _typed(source, path, kind)
        if readings:
            return readings
    return _careful(source, find(path))


def _typed(source: Source, path: Path, kind: str) -> list[Reading]:
    """The typed readings of a file of one type; none unless every table of that type has one."""
    tables = {name: table for name, table in source.tables.items() if table.resource == kind}
    selects = {name: typed.select(table, path) for name, table in tables.items()}
    kept: dict[str, str] = {}
    for name, select in selects.items():
        if select is None:
            return []
        try:
            if tables[name].each is None or _gives(select):
                kept[name] = select
        except duckdb.Error:
            return []  # the careful reading says what is wrong
    twins = cache(lambda: _twins({name: tables[name] for name in kept}, find(path)))
    return [
        Reading(table=name, select=select, columns=tuple(tables[name].columns), first_line=1, careful=_one(twins, name))
        for name, select in kept.items()
    ]


def _one(twins: Callable[[], dict[str, Reading]], name: str) -> Callable[[], Reading]:
    return lambda: twins()[name]


def _careful(source: Source, found: Documents) -> list[Reading]:
    tables = {name: table for name, table in source.tables.items() if _stands(table, found)}
    if not tables:  # a file of nothing that is mapped was sent by mistake, or a table is missing
        held = ", ".join(sorted(found.types))
        raise UserError(
            f"{found.path} holds {held or 'empty bundles'}, and {source.source} maps none of them. Add a table."
        )
    mapped = {table.resource for table in tables.values()}
    notes = tuple(
        f"{count} resources of type {kind} were left out: {source.source} has no table for them"
        for kind, count in sorted(found.types.items())
        if kind not in mapped
    )
    readings = list(_twins(tables, found).values())
    readings[0] = replace(readings[0], notes=notes)
    return readings


def _twins(tables: dict[str, Table], found: Documents) -> dict[str, Reading]:
    """The careful readings; the first of them tells of the records that cannot be read."""
    readings = {name: _reading(name, table, found) for name, table in tables.items()}
    first = next(iter(readings))
    readings[first] = replace(readings[first], rejects=found.rejects)
    return readings


def _stands(table: Table, found: Documents) -> bool:
    """Whether a file gives the table any row, so that a file without components lands no empty extract of them."""
    return table.resource in found.types and (table.each is None or _gives(_select(table, found)))


def _gives(select: str) -> bool:
    with connect() as con:
        return bool(con.execute(f"SELECT 1 FROM ({select}) LIMIT 1").fetchall())


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
