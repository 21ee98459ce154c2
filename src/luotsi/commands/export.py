"""`luotsi export`: writes the warehouse as a dbt project. What stands in it is told in luotsi.engine.dbt."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from luotsi.commands.options import HOME, Home, Overlay
from luotsi.concepts.shipped import open_county
from luotsi.engine import dbt


class Dialect(str, Enum):  # noqa: UP042  the words as typed
    """Whose SQL the models are written in."""

    duckdb = "duckdb"
    postgres = "postgres"
    snowflake = "snowflake"
    databricks = "databricks"
    fabric = "fabric"


def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new or empty folder, or one written before.")],
    dialect: Annotated[Dialect, typer.Option(help="The warehouse that dbt runs on.")] = Dialect.duckdb,
    home: Home = HOME,
    county: Overlay = None,
) -> None:
    """Write the warehouse of what has landed as a dbt project: models, tests and documentation."""
    made = dbt.export(out, open_county(county), home, dialect.value)
    typer.echo(
        f"{made.models} models of {made.tables} landed tables in {made.folder}; README.md there says how to run them"
    )
