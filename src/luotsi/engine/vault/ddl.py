"""The statements that make the vault's tables, as SQL text from the model.

Nothing here reads or changes rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from sqlglot import exp

from luotsi.engine.vault.model import Column, Hub, Model, Versions
from luotsi.engine.vault.state import quoted

BOOKKEEPING = {
    "loads": (
        Column("load", "INTEGER"), Column("source", "VARCHAR"), Column("instance", "VARCHAR"),
        Column("table", "VARCHAR"), Column("extract", "VARCHAR"), Column("created_at", "TIMESTAMP"),
        Column("delivery", "VARCHAR"), Column("rows", "BIGINT"), Column("recorded_min", "TIMESTAMP"),
        Column("recorded_max", "TIMESTAMP"), Column("loaded_at", "TIMESTAMP"), Column("seconds", "DOUBLE"),
        Column("report", "JSON"),
    ),
    "quarantine": (
        Column("load", "INTEGER"), Column("source", "VARCHAR"), Column("table", "VARCHAR"),
        Column("extract", "VARCHAR"), Column("line", "BIGINT"), Column("concept", "VARCHAR"),
        Column("attribute", "VARCHAR"), Column("reason", "VARCHAR"),
    ),
    "numbers": (Column("load", "INTEGER"),),
    "definitions": (Column("source", "VARCHAR"), Column("table", "VARCHAR"), Column("digest", "VARCHAR")),
}  # fmt: skip
"""The vault's own books. `numbers`: the last number that had been given whenever loads were struck from `loads`.
`definitions`: which wording of the county's records a source table was loaded by."""


def create(name: str, columns: Iterable[Column], *, schema: str = "vault") -> str:
    """CREATE TABLE IF NOT EXISTS for the given columns."""
    listed = ", ".join(f"{quoted(each.name)} {_type(each.type)}" for each in columns)
    return f"CREATE TABLE IF NOT EXISTS {schema}.{name} ({listed})"


@cache
def _type(text: str) -> str:
    return exp.DataType.build(text, dialect="duckdb").sql("duckdb")


def hub_columns(hub: Hub) -> tuple[Column, ...]:
    """The columns of a hub, in order."""
    texts = tuple(Column(each, "VARCHAR") for each in ("system", *hub.parts))
    return (Column(hub.key, "UUID"), *texts, Column("load", "INTEGER"))


def version_columns(table: Versions) -> tuple[Column, ...]:
    """The columns of a link, satellite or same-as link, in order."""
    types = {
        "instance": "VARCHAR", "recorded_at": "TIMESTAMP", "seq": "INTEGER", "deleted": "BOOLEAN", "load": "INTEGER",
    }  # fmt: skip
    return (*table.keys, *(Column(name, kind) for name, kind in types.items()), *table.content)


def statements(model: Model) -> list[str]:
    """Every statement that makes the vault of a model; running them again changes nothing."""
    made = [f"CREATE SCHEMA IF NOT EXISTS {name}" for name in ("vault", "marts")]
    made += [create(name, columns) for name, columns in BOOKKEEPING.items()]
    made += [create(hub.name, hub_columns(hub)) for hub in model.hubs.values()]
    made += [create(table.name, version_columns(table)) for table in model.versions]
    return made
