"""Segments: persons divided by rules at month ends, from the same looks as measures. See `compute` and `renewing`."""

from luotsi.engine.segments.compute import at, compute, counts, sql
from luotsi.engine.segments.renewing import followed, place, renewed, tables

__all__ = ["at", "compute", "counts", "followed", "place", "renewed", "sql", "tables"]
