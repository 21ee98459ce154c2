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

from luotsi.engine.duck.connection import Connection
from luotsi.engine.vault.applying import run
from luotsi.engine.vault.batches import Batch
from luotsi.engine.vault.model import Feed, Versions
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
    keys: Path | None = None
    """Keys of rows that the lake holds in quarantine: a file, where there are such rows."""


def point_at(con: Connection, of: Feed | Versions, instance: str, extracts: Sequence[Loaded]) -> Batch:
    """Makes extracts of one delivery ready to be staged, and gives their batch.

    Sets the variable `files`, and makes `extracts`, the table that tells them apart. Keys of rows in quarantine are
    among them where a row that is missing says something.
    """
    speaks = extracts[0].delivery == "full" or of.many
    files = [(each.path.absolute(), each, False) for each in extracts]  # as every engine tells them apart
    files += [(each.keys.absolute(), each, True) for each in extracts if speaks and each.keys is not None]
    listed = ", ".join("(?, CAST(? AS INTEGER), CAST(? AS TIMESTAMP), ?)" for _ in files)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE extracts AS SELECT * FROM (VALUES {listed}) AS e(file, load, created_at, aside)",
        [value for path, each, aside in files for value in (str(path), each.load, each.created_at, aside)],
    )
    con.execute("SET VARIABLE files = ?::VARCHAR[]", [[str(path) for path, _, _ in files]])
    columns = frozenset[str]().union(*(each.columns for each in extracts))
    return Batch(of.source, instance, extracts[0].delivery, columns, len(files) > 1, len(files) > len(extracts))


def replay(
    con: Connection,
    table: Versions,
    instance: str,
    staged: str,
    loaded: Sequence[Loaded],
    rows_of: Callable[[Batch], str],
    keyless: str,
) -> int:
    """Adds to `staged` what the loaded extracts say of the keys in `late`; gives how many rows that was.

    `rows_of` gives the SQL of the strand's rows of a batch, `keyless` the condition of a row without a readable key.
    Adds to `held` and `blind` what of those rows cannot be read.
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
        key = quoted(table.key)
        rows = rows_of(point_at(con, table, instance, extracts))
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE replayed AS SELECT * FROM ({rows}) AS r "
            f"WHERE {key} IN (SELECT {key} FROM late) OR {keyless}"
        )
        run(con, f"INSERT INTO held SELECT {key}, load FROM replayed WHERE _fault IS NOT NULL")
        run(con, f"INSERT INTO blind SELECT DISTINCT load FROM replayed WHERE {keyless}")
        columns = listed(
            *(each.name for each in table.keys), "recorded_at", "deleted", "_out", "load", *_content(con, staged, table)
        )
        added += run(con, f"INSERT INTO {staged} ({columns}) SELECT {columns} FROM replayed WHERE _fault IS NULL")
        if delivery == "full":
            added += _absent(con, table, instance, staged)
    return added


def _content(con: Connection, staged: str, table: Versions) -> list[str]:
    """Columns of values in the staged table, whichever of the feed's tables they go to."""
    known = {each.name for each in table.keys} | {"recorded_at", "deleted", "_out", "load"}
    names = [str(each[0]) for each in con.execute(f"SELECT * FROM {staged} LIMIT 0").description]
    return [name for name in names if not name.startswith("_") and name not in known]


def _absent(con: Connection, table: Versions, instance: str, staged: str) -> int:
    """Stages a deleted row for each late key, at the moment of each full extract that does not hold it.

    Where a row of it cannot be read, or a row cannot be told apart at all, the extract does not say so.
    """
    names = [each.name for each in table.keys]
    k, key = listed(*names), quoted(table.key)
    known = ", ".join(f"known.{quoted(each)}" for each in names)
    return run(
        con,
        f"INSERT INTO {staged} ({k}, recorded_at, deleted, _out, load) WITH known AS ("
        f"SELECT DISTINCT {k} FROM {staged} SEMI JOIN late USING ({key}) UNION SELECT {k} FROM vault.{table.name} "
        f"SEMI JOIN late USING ({key}) WHERE instance = $instance), expected AS ("
        f"SELECT {known}, extracts.created_at, extracts.load FROM known CROSS JOIN extracts WHERE NOT aside) "
        f"SELECT {k}, created_at, TRUE, TRUE, load FROM expected ANTI JOIN replayed USING ({k}, load) "
        f"ANTI JOIN held USING ({key}, load) ANTI JOIN blind USING (load)",
        instance=instance,
    )
