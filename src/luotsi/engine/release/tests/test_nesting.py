"""Dimensions that lie inside others are found from their expressions, so that they cannot be added up."""

from __future__ import annotations

from typing import Any

from luotsi.engine.release import ask, build
from luotsi.engine.release.nesting import nesting


def test_units_lie_in_the_areas_that_their_mart_gives(world: Any) -> None:
    record = world.county.measures["remote_share"].model_copy(update={"dimensions": ("unit", "area")})
    with world.connect() as con:
        found = nesting(con, world.county, record, ["unit=n1", "area=n"])
    assert found["area", "unit"] == {"n1": "n", "n2": "n", "s1": "s", "s2": "s", "s3": "s", "unknown": "unknown"}
    assert ("unit", "area") not in found


def test_a_dimension_made_of_another_column_lies_above_it(world: Any) -> None:
    concept = world.county.concepts["contact"]
    dimensions = {**concept.dimensions, "kind": "CASE WHEN sex = '1' THEN 'a' WHEN sex = '2' THEN 'b' END"}
    world.county.concepts["contact"] = concept.model_copy(update={"dimensions": dimensions})
    record = world.county.measures["remote_share"].model_copy(update={"dimensions": ("sex", "kind")})
    with world.connect() as con:
        found = nesting(con, world.county, record, ["sex=1", "sex=2", "sex=unknown"])
    assert found == {("kind", "sex"): {"1": "a", "2": "b", "unknown": "unknown"}}


def test_the_units_of_an_area_do_not_give_back_a_hidden_one(world: Any) -> None:
    record = world.county.measures["contacts"].model_copy(update={"dimensions": ("unit", "area"), "periods": ("year",)})
    world.county.measures.clear()  # the other measure counts the same contacts, and would hide more beside these
    world.county.measures["contacts"] = record
    world.events = [
        (0, unit, "1", False) for unit, n in {"n1": 30, "n2": 3, "s1": 20, "s2": 9}.items() for _ in range(n)
    ]
    build(world.home, world.county)
    rows = ask(world.home, None, "contacts", by=["unit"], period="2022").to_pylist()
    assert {row["unit"] for row in rows if row["suppressed"]} == {"n1", "n2"}
