"""Parquet files, a table each. What becomes of the columns is county content."""

from luotsi.connectors.parquet.reader import read

__all__ = ["read"]
