"""Raw result rows kept between releases, inside the vault's file only: so that what has not changed is not computed
again, and what was hidden before stays hidden while it is unchanged. They never leave this file unsuppressed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from luotsi.engine.duck.connection import Connection
from luotsi.engine.measures.parts import COLUMNS
from luotsi.engine.release.arrow import Table, fetched, pa

Bools = npt.NDArray[np.bool_]

PARTS, NEW_PARTS = "results.parts", "temp.new_parts"
"""The parts of the measures that add up over persons, and the temporary table of those that were counted now."""
ROW = '"period", "group", numerator, denominator, value, n'


def prepare(con: Connection) -> None:
    """Makes the schema `results` where it is not there yet."""
    con.execute("CREATE SCHEMA IF NOT EXISTS results")
    con.execute(
        'CREATE TABLE IF NOT EXISTS results.raw (name VARCHAR, version INTEGER, period VARCHAR, "group" VARCHAR, '
        "numerator DOUBLE, denominator DOUBLE, value DOUBLE, n BIGINT, hidden BOOLEAN)"
    )
    con.execute("CREATE TABLE IF NOT EXISTS results.fingerprints (name VARCHAR, fingerprint VARCHAR)")


def fingerprints(con: Connection) -> dict[str, str]:
    """What each kept measure rested on when it was computed."""
    return dict(con.execute("SELECT name, fingerprint FROM results.fingerprints").fetchall())


def rows(con: Connection, name: str) -> tuple[Table, Bools]:
    """The kept rows of a measure in a fixed order, and which of them were hidden."""
    query = f'SELECT {ROW}, hidden FROM results.raw WHERE name = ? ORDER BY "period", "group"'
    table = fetched(con.sql(query, params=[name]))
    return table.drop_columns(["hidden"]), table["hidden"].to_numpy().astype(np.bool_)


def hidden_before(con: Connection, name: str, new: Table) -> Bools:
    """For each new row: whether the same row with the same numbers was hidden in the release before."""
    con.register("new_rows", new.append_column("place", pa.array(np.arange(new.num_rows))))
    try:
        query = (
            "SELECT place FROM new_rows JOIN results.raw AS old ON old.name = ? AND old.hidden "
            'AND old."period" = new_rows."period" AND old."group" = new_rows."group" '
            "AND old.numerator IS NOT DISTINCT FROM new_rows.numerator "
            "AND old.denominator IS NOT DISTINCT FROM new_rows.denominator "
            "AND old.n IS NOT DISTINCT FROM new_rows.n"
        )
        places = fetched(con.sql(query, params=[name]))["place"]
    finally:
        con.unregister("new_rows")
    hidden = np.zeros(new.num_rows, dtype=np.bool_)
    hidden[places.to_numpy()] = True
    return hidden


@dataclass(frozen=True)
class Kept:
    """The rows of a measure to keep, which of them are hidden, and what they rested on."""

    name: str
    version: int
    rows: Table
    hidden: Bools
    fingerprint: str


def keep(con: Connection, every: Sequence[Kept]) -> None:
    """Replaces the kept rows of measures, all at once. Call it inside a transaction."""
    if not every:
        return
    names = ", ".join("?" for _ in every)
    con.execute(f"DELETE FROM results.raw WHERE name IN ({names})", [each.name for each in every])
    con.register("new_rows", pa.concat_tables([_named(each) for each in every]))
    try:
        con.execute(f"INSERT INTO results.raw SELECT name, version, {ROW}, hidden FROM new_rows")
    finally:
        con.unregister("new_rows")
    mark(con, {each.name: each.fingerprint for each in every})


def _named(kept: Kept) -> Table:
    count = kept.rows.num_rows
    rows = kept.rows.append_column("hidden", pa.array(kept.hidden))
    rows = rows.append_column("name", pa.array([kept.name] * count, pa.string()))
    return rows.append_column("version", pa.array([kept.version] * count, pa.int32()))


def of_parts(name: str) -> str:
    """The name under which it is noted what the kept parts of a measure rest on."""
    return f"parts/{name}"


def keep_parts(con: Connection, marks: Mapping[str, str]) -> None:
    """Replaces the kept parts of measures by those in `NEW_PARTS`, with their marks. Call it inside a transaction."""
    if not marks:
        return
    names = ", ".join("?" for _ in marks)
    con.execute(f"CREATE TABLE IF NOT EXISTS {PARTS} ({COLUMNS})")
    con.execute(f"DELETE FROM {PARTS} WHERE name IN ({names})", [*marks])
    con.execute(f"INSERT INTO {PARTS} SELECT * FROM {NEW_PARTS}")
    mark(con, {of_parts(name): each for name, each in marks.items()})


def mark(con: Connection, fingerprints: Mapping[str, str]) -> None:
    """Notes what things rested on, by name."""
    names, listed = ", ".join("?" for _ in fingerprints), ", ".join("(?, ?)" for _ in fingerprints)
    con.execute(f"DELETE FROM results.fingerprints WHERE name IN ({names})", [*fingerprints])
    con.execute(f"INSERT INTO results.fingerprints VALUES {listed}", [v for pair in fingerprints.items() for v in pair])
