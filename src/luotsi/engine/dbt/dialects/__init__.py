"""The dialects a project can be written in: what SQLGlot does not write rightly of what our models use, by name."""

from luotsi.engine.dbt.dialects.databricks import Databricks
from luotsi.engine.dbt.dialects.dialect import Dialect
from luotsi.engine.dbt.dialects.fabric import Fabric
from luotsi.engine.dbt.dialects.postgres import Postgres
from luotsi.engine.dbt.dialects.snowflake import Snowflake

DIALECTS: dict[str, Dialect] = {
    each.name: each for each in (Dialect(), Postgres(), Snowflake(), Databricks(), Fabric())
}
"""By the name that is also the type of the adapter in dbt's profiles."""

__all__ = ["DIALECTS", "Dialect"]
