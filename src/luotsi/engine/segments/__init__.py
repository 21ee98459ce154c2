"""Segments: persons divided by rules at month ends, from the same looks as measures. See `compute` and `renewing`."""

from luotsi.engine.segments.compute import at, compute, month_ends, sql
from luotsi.engine.segments.renewing import followed, place, renewed, tables

__all__ = ["at", "compute", "followed", "month_ends", "place", "renewed", "sql", "tables"]
