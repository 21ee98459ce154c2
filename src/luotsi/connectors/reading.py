"""What a connector hands over: how to read one table of one file as rows of text, and what it could not read.

Reading runs nothing: the lake runs the SELECT. Delivery names and manifests are in `delivery`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from luotsi.concepts.errors import UserError


@dataclass(frozen=True)
class Reject:
    """A record that could not be read: its number in the file, why, and what stood there (kept encrypted only)."""

    line: int
    reason: str
    raw: str


def _none(_: duckdb.DuckDBPyConnection) -> list[Reject]:
    return []


@dataclass(frozen=True)
class Reading:
    """How to read one table of one file.

    `select`: a DuckDB SELECT that gives the declared columns, then the undeclared ones, as VARCHAR under the declared
    names, in the order of the file. It gives `_line` BIGINT first, unless `first_line` is set.
    """

    table: str
    select: str
    columns: tuple[str, ...]
    undeclared: tuple[str, ...] = ()
    rejects: Callable[[duckdb.DuckDBPyConnection], list[Reject]] = _none
    """Called after the select ran to its end."""
    encoding: str = "utf-8"
    notes: tuple[str, ...] = ()
    """What was unusual about the file, a sentence each."""
    first_line: int | None = None
    """Set: the select gives every record, none left out, and the lake numbers them on from here."""
    prepare: Callable[[duckdb.DuckDBPyConnection], None] | None = None
    """Called before each run of the select."""
    careful: Callable[[], Reading] | None = None
    """The reading to use instead where this one rejects anything: slower, and exact about which records are broken."""


class ColumnsMissingError(UserError):
    """A file lacks required columns; says of which table and, the first of them, which column."""

    def __init__(self, message: str, *, table: str, column: str) -> None:
        super().__init__(message)
        self.table = table
        self.column = column
