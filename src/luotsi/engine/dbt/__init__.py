"""The warehouse as a dbt project: the models of the vault and the marts, for those who run dbt on their own warehouse.

`staged`, `histories` and `shapes` build the queries in DuckDB's words, `dialects` says them in others', `project`
writes the folder. The loader of Luotsi itself is `vault`; nothing here runs a query.
"""

from luotsi.engine.dbt.dialects import DIALECTS
from luotsi.engine.dbt.project import Exported, export

__all__ = ["DIALECTS", "Exported", "export"]
