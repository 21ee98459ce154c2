"""What the lake asks of a reading, so that it needs to know no connector."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import duckdb


class Rejected(Protocol):
    """A record that could not be read."""

    @property
    def line(self) -> int: ...
    @property
    def reason(self) -> str: ...
    @property
    def raw(self) -> str: ...


class Readable(Protocol):
    """How to read one table of one file; see luotsi.connectors.reading.Reading for what each part means."""

    @property
    def table(self) -> str: ...
    @property
    def select(self) -> str: ...
    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def undeclared(self) -> tuple[str, ...]: ...
    @property
    def rejects(self) -> Callable[[duckdb.DuckDBPyConnection], Sequence[Rejected]]: ...
    @property
    def encoding(self) -> str: ...
    @property
    def notes(self) -> tuple[str, ...]: ...
    @property
    def first_line(self) -> int | None: ...
    @property
    def prepare(self) -> Callable[[duckdb.DuckDBPyConnection], None] | None: ...
    @property
    def careful(self) -> Callable[[], Readable] | None: ...
