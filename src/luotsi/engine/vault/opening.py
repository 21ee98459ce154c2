"""Opens the vault of a home, on the engine that LUOTSI_ENGINE names: `duckdb` (unless set) or `spark`."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

from luotsi.concepts.errors import UserError
from luotsi.engine.duck.connection import Connection, connect
from luotsi.engine.store import reached, store

FILE = "luotsi.duckdb"
"""The database file of the vault; not vault.duckdb, which DuckDB would confuse with the schema of that name."""
TABLES = "tables"
"""The folder of the vault's tables on Spark."""


def on_spark() -> bool:
    """Whether LUOTSI_ENGINE asks for Spark. Raises UserError for an engine that there is not."""
    asked = os.environ.get("LUOTSI_ENGINE", "duckdb")
    if asked not in ("duckdb", "spark"):
        raise UserError(f"LUOTSI_ENGINE is {asked}; it can be duckdb or spark")
    return asked == "spark"


def exists(home: Path) -> bool:
    """Whether a home has a vault of the engine in use."""
    place = _place(home)
    with reached(place):
        return place.exists()


def _place(home: Path) -> Path:
    if on_spark():
        return store(home) / "vault" / TABLES
    if os.environ.get("LUOTSI_STORE"):
        raise UserError("LUOTSI_STORE is set, and DuckDB reads the home alone: set LUOTSI_ENGINE=spark, or unset it")
    return home / "vault" / FILE


def open_vault(home: Path, read_only: bool = False, *, memory: str | None = None) -> Connection:
    """Opens the vault of a LUOTSI_HOME. Raises UserError when another process holds it, or none is there to read."""
    place = _place(home)
    if read_only and not exists(home):
        raise UserError(f"{place.parent} holds no vault yet; run luotsi load first")
    if on_spark():
        try:
            engine = import_module("luotsi.engine.spark.connection")
        except ModuleNotFoundError as error:
            raise UserError("LUOTSI_ENGINE is spark, which is not installed: pip install 'luotsi[spark]'") from error
        return engine.Connection(place, read_only=read_only)
    spill = place.with_name("tmp")
    spill.mkdir(parents=True, exist_ok=True)
    return connect(place, read_only=read_only, memory=memory, spill=spill)
