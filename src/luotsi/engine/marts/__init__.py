"""Marts: one conformed table for each concept, current or as of a date; measures see nothing else.

`relations` says what they hold, `shape` and `refresh` fill them from the vault; `rows` and `looks` choose from them.
"""

from luotsi.engine.marts.refresh import as_of, old_table, refresh, renewed_table
from luotsi.engine.marts.relations import relations

__all__ = ["as_of", "old_table", "refresh", "relations", "renewed_table"]
