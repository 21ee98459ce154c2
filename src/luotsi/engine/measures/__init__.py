"""Measures: computed over the marts in few passes.

`compute` gives result rows and `sql` the query of one measure; `plan` says which measures share a pass, `cells` and
`grains` count, `methods` holds the named methods, `reference` the same in plain Python and `examples` runs both.
"""

from luotsi.engine.measures.compute import compute, sql, sql_and_tables

__all__ = ["compute", "sql", "sql_and_tables"]
