"""A database in memory for short questions of a file: it holds nothing, and never spills. Knows no form of files."""

from __future__ import annotations

import os
from functools import lru_cache

import duckdb


def connect() -> duckdb.DuckDBPyConnection:
    """A connection of its own to the process's database. Making a database takes longer than asking a small file."""
    return _database(os.getpid()).cursor()


@lru_cache(maxsize=1)
def _database(_process: int) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"temp_directory": ""})
