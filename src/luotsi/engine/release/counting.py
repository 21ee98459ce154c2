"""Counts measures: of the persons concerned alone where that is enough, else whole. What of it is published, and kept,
stands in `building`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from luotsi.concepts.reading import County
from luotsi.engine import measures, vault
from luotsi.engine.duck.connection import Connection
from luotsi.engine.measures import parts
from luotsi.engine.release import concerned
from luotsi.engine.release.arrow import Table, fetched, pa, pc
from luotsi.engine.release.concerned import SCHEMA, Changed
from luotsi.engine.release.draft import Progress, Window
from luotsi.engine.release.kept import NEW_PARTS, PARTS

RAW = {
    **dict.fromkeys(("period", "group"), pa.string()),
    **dict.fromkeys(("numerator", "denominator", "value"), pa.float64()),
    "n": pa.int64(),
}
"""The columns of raw rows, as they are kept and published."""
GIVEN, TAKEN = "temp.given_parts", "temp.taken_parts"
"""Temporary tables: the parts that the persons concerned give now, and those that they gave."""


@dataclass(frozen=True)
class Asked:
    """The measures to count, and those of them of which the persons concerned are enough, with the marts they read."""

    names: list[str]
    by_persons: Mapping[str, frozenset[str]]
    changed: Changed


def in_parts(county: County, names: Iterable[str]) -> list[str]:
    """The measures that are counted in parts, which are kept. A cluster counts whole."""
    if vault.on_spark():
        return []
    return [name for name in names if parts.adds_over_persons(county, county.measures[name])]


def counted(con: Connection, county: County, window: Window, asked: Asked, tell: Progress) -> dict[str, Table]:
    """Raw rows of the measures asked for, by name; the parts of those that have any are left in `kept.NEW_PARTS`.

    It writes temporary tables alone; call it outside a transaction.
    """
    parted = in_parts(county, asked.names)
    whole = [each for each in parted if each not in asked.by_persons]
    rows = computed(con, county, [each for each in asked.names if each not in parted], window, progress=tell)
    if not parted:
        return rows
    parts.fill(con, NEW_PARTS, statements(county, whole, window, "marts"), passed(tell))
    if asked.by_persons:
        _differences(con, county, window, asked, tell)
    for name in parted:
        query = parts.results(county, name, NEW_PARTS, window.first, window.last)
        rows[name] = whole_periods(fetched(con.sql(query)), window)
    return rows


def statements(county: County, names: Iterable[str], window: Window, schema: str) -> list[str]:
    """The SELECTs of the parts of some measures over a schema."""
    return parts.statements(county, names, schema=schema, first_month=window.first, last_month=window.last)


def _differences(con: Connection, county: County, window: Window, asked: Asked, tell: Progress) -> None:
    """Adds the parts kept, less what the persons concerned gave, with what they give now."""
    tables = frozenset[str]().union(*asked.by_persons.values())
    queries = statements(county, asked.by_persons, window, SCHEMA)
    try:
        concerned.lay(con, county, tables)
        parts.fill(con, GIVEN, queries, passed(tell))
        concerned.turn_back(con, county, tables, asked.changed)
        parts.fill(con, TAKEN, queries, passed(tell))
    finally:
        concerned.let_go(con)
    names = ", ".join(f"'{each}'" for each in asked.by_persons)
    before = f"(SELECT * FROM {PARTS} WHERE name IN ({names})) AS before"
    con.execute(f"INSERT INTO {NEW_PARTS} {parts.together([before, GIVEN], less=TAKEN)}")


def passed(tell: Progress | None) -> Callable[[int, int], None]:
    """Tells of passes as of measures."""

    def one(done: int, total: int) -> None:
        if tell is not None:
            tell(done, total, "measures")

    return one


def computed(
    con: Connection,
    county: County,
    names: list[str],
    window: Window,
    *,
    schema: str = "marts",
    progress: Progress | None = None,
) -> dict[str, Table]:
    """Raw rows of the measures asked for, counted whole, by name; only periods that are over."""
    if not names:
        return {}
    compute = cast("Callable[..., Table]", measures.compute)  # pyright: ignore[reportUnknownMemberType]
    table = compute(
        con,
        county,
        names,
        schema=schema,
        first_month=window.first,
        last_month=window.last,
        progress=passed(progress),
    )
    return {name: whole_periods(table.filter(pc.equal(table["measure"], name)), window) for name in names}


def whole_periods(rows: Table, window: Window) -> Table:
    """The rows whose period lies wholly in the window, in the order of period and group."""
    over = [each for each in pc.unique(rows["period"]).to_pylist() if window.holds(each)]
    kept_rows = rows.filter(pc.is_in(rows["period"], pa.array(over, pa.string())))
    columns = [kept_rows[name].cast(field_type) for name, field_type in RAW.items()]
    return (
        pa.table(columns, names=list(RAW)).sort_by([("period", "ascending"), ("group", "ascending")]).combine_chunks()
    )
