"""The models of the marts: the queries of `marts.shape`, over the models of the vault."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp

from luotsi.concepts.reading import County
from luotsi.engine.dbt.histories import with_states
from luotsi.engine.marts.same import linked, same_table
from luotsi.engine.marts.shape import Shaper
from luotsi.engine.vault.model import Model


def marts(county: County, model: Model) -> Iterator[tuple[str, exp.Expr]]:
    """The name and query of every mart: one for each concept and each multi-active group."""
    shaper = Shaper(county, model)
    for name, concept in county.concepts.items():
        yield name, _over_models(model, shaper.concept(name))
        for many in concept.many:
            yield f"{name}_{many}", _over_models(model, shaper.group(name, many))


def _over_models(model: Model, text: str) -> exp.Expr:
    tree = with_states(sqlglot.parse_one(text, read="duckdb"), {each.name: each for each in model.versions})
    same = {same_table(name) for name in model.hubs if linked(model, name)}
    for table in tree.find_all(exp.Table):
        if table.name in same and not table.db:
            table.set("db", exp.to_identifier("vault"))
    return tree
