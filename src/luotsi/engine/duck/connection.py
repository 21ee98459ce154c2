"""What the engine asks of a database, and how it opens DuckDB: memory bounded, spill where the caller says, times
without a zone of the machine.

Knows no schema. Who may spill to disk is the caller's choice: without `spill` nothing is ever written beside the file.
"""

# pyright: reportMissingTypeStubs=false
from __future__ import annotations

import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pyarrow

from luotsi.concepts.errors import UserError

MEMORY_SHARE = 0.6
"""Of the machine's memory, where nothing else is said."""

CHECKPOINT = "256MB"
"""How long the log grows before it is worked into the file: a county's many small loads would do it at every few."""


class Answer(Protocol):
    """What a statement gives: rows, or the one number of rows it changed."""

    @property
    def description(self) -> Sequence[Sequence[Any]]: ...
    def fetchone(self) -> tuple[Any, ...] | None: ...
    def fetchall(self) -> list[tuple[Any, ...]]: ...


class Connection(Protocol):
    """A database that is spoken to in DuckDB's SQL: DuckDB's own connection, or another engine's that is made alike.

    Statements are kept to what SQLGlot reads, so that another engine can be given the same.
    """

    def execute(self, query: str, parameters: object = None) -> Answer: ...
    def executemany(self, query: str, parameters: object = None) -> object: ...
    def sql(self, query: str, *, params: object = None) -> Any: ...
    def register(self, view_name: str, python_object: object) -> object: ...
    def unregister(self, view_name: str) -> object: ...
    def close(self) -> None: ...


@contextmanager
def given(con: Connection, name: str, columns: Mapping[str, Sequence[object]]) -> Generator[None]:
    """Lets statements read values of ours as a table of that name, for a while."""
    arrow: Any = pyarrow
    con.register(name, arrow.table(dict(columns)))
    try:
        yield
    finally:
        con.unregister(name)


@contextmanager
def room(what: str) -> Generator[None]:
    """Turns memory or disk that runs out into a sentence that begins with what was being done and says the way out."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise UserError(
            f"{what}: memory ran out ({_said(error)}). Nothing of it was kept. Let it take more with LUOTSI_MEMORY "
            "(LUOTSI_MEMORY=16GB), or run it while nothing else does, with room on the disk to put rows aside."
        ) from error
    except duckdb.IOException as error:
        if "No space left" not in str(error):
            raise
        raise UserError(
            f"{what}: the disk is full ({_said(error)}). Nothing of it was kept. Make room on the disk of LUOTSI_HOME "
            "and run it again; with more LUOTSI_MEMORY (LUOTSI_MEMORY=16GB) fewer rows are put aside there."
        ) from error


def _said(error: duckdb.Error) -> str:
    return str(error).splitlines()[0].partition(": ")[2]


def connect(
    path: Path | None,
    *,
    read_only: bool = False,
    memory: str | None = None,
    threads: int | None = None,
    spill: Path | None = None,
) -> duckdb.DuckDBPyConnection:
    """Opens the database file `path`, or one in memory.

    `memory` is a DuckDB size ('6GB'); `spill` is the folder of temporary files (None: never spills).
    Raises UserError when the file is held by another process or is not one of ours.
    """
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": os.environ.get("LUOTSI_MEMORY") or memory or f"{int(_machine_memory() * MEMORY_SHARE)}B",
        "temp_directory": str(spill) if spill else "",
        "preserve_insertion_order": False,
        "checkpoint_threshold": CHECKPOINT,
        "autoinstall_known_extensions": False,
        "TimeZone": "UTC",
    }
    if threads is not None:
        settings["threads"] = threads
    try:
        return duckdb.connect(str(path) if path else ":memory:", read_only=read_only, config=settings)
    except duckdb.IOException as error:
        if "lock" in str(error):
            raise UserError(
                f"{path} is in use by another process: only one may load at a time; wait until it ends and try again"
            ) from error
        raise UserError(f"{path} cannot be opened: {str(error).splitlines()[0]}") from error


def _machine_memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
