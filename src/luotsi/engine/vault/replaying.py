"""What a late row makes necessary: what the lake says of its key from then on, staged once more.

A version equal to the one before it is not stored, so a row that comes late cannot know what later extracts said of
its key. Those extracts lie in the lake: the rows of the late keys, and their absence from full extracts, are read
again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from luotsi.engine.vault.applying import run
from luotsi.engine.vault.model import Versions
from luotsi.engine.vault.staging import Batch
from luotsi.engine.vault.state import listed, quoted


@dataclass(frozen=True)
class Loaded:
    """An extract as it stands, or is about to stand, in the vault's books."""

    load: int
    created_at: datetime
    delivery: str
    path: Path
    columns: frozenset[str]
    recorded_max: datetime | None = None
    rows: int = 0


def point_at(con: duckdb.DuckDBPyConnection, extracts: Sequence[Loaded]) -> None:
    """Makes the files ready to be staged: the variable `files`, and `extracts`, the table that tells them apart."""
    files = [str(each.path) for each in extracts]
    con.execute(
        "CREATE OR REPLACE TEMP TABLE extracts AS "
        "SELECT unnest(?::VARCHAR[]) AS file, unnest(?::INTEGER[]) AS load, unnest(?::TIMESTAMP[]) AS created_at",
        [files, [each.load for each in extracts], [each.created_at for each in extracts]],
    )
    con.execute("SET VARIABLE files = ?::VARCHAR[]", [files])


def batch_of(source: str, instance: str, extracts: Sequence[Loaded]) -> Batch:
    """The batch that stages the given extracts, all of one delivery."""
    columns = frozenset[str]().union(*(each.columns for each in extracts))
    return Batch(source, instance, extracts[0].delivery, columns, len(extracts) > 1)


def replay(
    con: duckdb.DuckDBPyConnection,
    table: Versions,
    instance: str,
    staged: str,
    loaded: Sequence[Loaded],
    rows_of: Callable[[Batch], str],
) -> int:
    """Adds to `staged` what the loaded extracts say of the keys in `late`; gives how many rows that was.

    `rows_of` gives the SQL of the strand's rows of a batch. Leaves `held` with the keys of unreadable rows added.
    """
    since = con.execute(f"SELECT min(recorded_at) FROM {staged} SEMI JOIN late USING ({quoted(table.key)})").fetchone()
    moment = since[0] if since else None
    if moment is None:
        return 0
    after = [each for each in loaded if each.recorded_max is not None and each.recorded_max >= moment]
    added = 0
    for delivery in ("delta", "full"):
        extracts = [each for each in after if each.delivery == delivery]
        if not extracts:
            continue
        point_at(con, extracts)
        key = quoted(table.key)
        rows = rows_of(batch_of(table.source, instance, extracts))
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE replayed AS SELECT * FROM ({rows}) AS r SEMI JOIN late USING ({key})"
        )
        run(con, f"INSERT INTO held SELECT {key} FROM replayed WHERE _fault IS NOT NULL")
        columns = listed(
            *(each.name for each in table.keys), "recorded_at", "deleted", "_out", "load", *_content(con, staged, table)
        )
        added += run(con, f"INSERT INTO {staged} ({columns}) SELECT {columns} FROM replayed WHERE _fault IS NULL")
        if delivery == "full":
            added += _absent(con, table, instance, staged)
    return added


def _content(con: duckdb.DuckDBPyConnection, staged: str, table: Versions) -> list[str]:
    """Columns of values in the staged table, whichever of the feed's tables they go to."""
    known = {each.name for each in table.keys} | {"recorded_at", "deleted", "_out", "load"}
    names = [str(row[0]) for row in con.execute(f"SELECT column_name FROM (DESCRIBE {staged})").fetchall()]
    return [name for name in names if not name.startswith("_") and name not in known]


def _absent(con: duckdb.DuckDBPyConnection, table: Versions, instance: str, staged: str) -> int:
    """Stages a deleted row for each late key, at the moment of each full extract that does not hold it."""
    names = [each.name for each in table.keys]
    k, key = listed(*names), quoted(table.key)
    known = ", ".join(f"known.{quoted(each)}" for each in names)
    return run(
        con,
        f"INSERT INTO {staged} ({k}, recorded_at, deleted, _out, load) WITH known AS ("
        f"SELECT DISTINCT {k} FROM {staged} SEMI JOIN late USING ({key}) UNION SELECT {k} FROM vault.{table.name} "
        f"SEMI JOIN late USING ({key}) WHERE instance = $instance), expected AS ("
        f"SELECT {known}, extracts.created_at, extracts.load FROM known CROSS JOIN extracts) "
        f"SELECT {k}, created_at, TRUE, TRUE, load FROM expected ANTI JOIN replayed USING ({k}, load) "
        f"ANTI JOIN held USING ({key})",
        instance=instance,
    )
