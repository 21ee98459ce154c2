"""Every model of the project as data: its name, the folder it stands in and its query over `lake`, `vault`, `marts`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from sqlglot import exp

from luotsi.concepts.reading import County
from luotsi.engine.dbt import histories
from luotsi.engine.dbt.shapes import marts
from luotsi.engine.dbt.staged import name_of, staged_rows
from luotsi.engine.marts.same import linked, same_table
from luotsi.engine.vault.model import Model, model

Folder = Literal["staging", "vault", "marts"]


@dataclass(frozen=True)
class Made:
    """One model of the project; its folder is its layer and, in the warehouse, its schema."""

    name: str
    folder: Folder
    query: exp.Expr


def vault_of(county: County, landed: frozenset[tuple[str, str]]) -> Model:
    """The vault of the source tables (source, table) that have landed."""
    whole = model(county)
    return replace(whole, feeds=tuple(each for each in whole.feeds if (each.source, each.table) in landed))


def models(county: County, vault: Model) -> Iterator[Made]:
    """Every model of the project."""
    yield Made("extracts", "staging", histories.extracts())
    for feed in vault.feeds:
        yield Made(name_of(feed), "staging", staged_rows(county, feed))
    yield Made("quarantine", "vault", histories.quarantine(vault))
    for name, query in histories.hubs(county, vault):
        yield Made(name, "vault", query)
    for feed in vault.feeds:
        for table in feed.tables:
            yield Made(table.name, "vault", histories.versions(feed, table))
        if feed.same:
            yield Made(feed.same.name, "vault", histories.same(county, feed, feed.same))
    for name in vault.hubs:
        if links := linked(vault, name):
            yield Made(same_table(name), "vault", histories.master_of(county, links))
    for name, query in marts(county, vault):
        yield Made(name, "marts", query)
