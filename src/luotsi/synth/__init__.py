"""Synthetic extracts: test data that endanger nobody. Knows the layouts of county/sources, not the engine."""

from luotsi.synth.writing import Summary, write

__all__ = ["Summary", "write"]
