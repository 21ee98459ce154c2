"""Synthetic extracts: test data that endanger nobody. Knows the layouts of county/sources, not the engine."""
