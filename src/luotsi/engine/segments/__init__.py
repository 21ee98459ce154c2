"""Segments: persons divided by rules at month ends, from the same looks as measures. See `compute`."""

from luotsi.engine.segments.compute import at, compute, month_ends, sql

__all__ = ["at", "compute", "month_ends", "sql"]
