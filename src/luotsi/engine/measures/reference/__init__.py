"""The vocabulary of measures in plain Python: slow, readable, and the spec that every engine is held to.

Here live looks, methods, measures and segments over small tables held in memory; what an expression gives stands in
`luotsi.concepts.scalars`. No SQL, no DuckDB, nothing shared with the engines but the records and the parser.
"""

from luotsi.engine.measures.reference.measure import Period, Result, measured
from luotsi.engine.measures.reference.segments import segmented
from luotsi.engine.measures.reference.world import Row, World

__all__ = ["Period", "Result", "Row", "World", "measured", "segmented"]
