"""Turns the values of identifier columns into keyed pseudonyms, each distinct value once."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false
from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from luotsi.concepts.identifiers import hetu_fault, normal_hetu
from luotsi.engine.lake.identity import SCHEMAS, Store

HETU = "hetu"
BLOCK = 64
BETWEEN = "\x1f"
NONE = -1
"""The place of the pseudonym of an empty value."""
MADE = pa.schema([("v", pa.string()), ("n", pa.string()), ("fault", pa.string()), ("p", pa.string())])

Places = np.ndarray[Any, np.dtype[np.int32]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


def pseudonym(key: bytes, system: str, value: str) -> str:
    """The pseudonym of a normalised value: 32 hexadecimal characters of HMAC-SHA256 (RFC 2104)."""
    return hmac.digest(key, f"{system}{BETWEEN}{value}".encode(), "sha256")[:16].hex()


class Known:
    """What is known of the values of one identifier column, met a batch at a time; the rest of its rows is forgotten.

    A value's place is where it stands among the distinct values, in the order they were met.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, system: str, key: bytes) -> None:
        self.con, self.system, self.key = con, system, key
        self.table = MADE.empty_table()
        self._faulty: Flags | None = None

    @property
    def pseudonyms(self) -> pa.Array:
        """The pseudonym at each place, null where the value is empty or at fault."""
        return self._column("p")

    @property
    def made(self) -> tuple[str, pa.Table]:
        """The system, and for each place p (pseudonym) and n (normalised value)."""
        return self.system, self.table.select(["p", "n"])

    def places(self, sent: pa.Array) -> Places:
        """The place of each value as sent, NONE for null."""
        if not self.table.num_rows:
            whole = sent.dictionary_encode()
            self._add(whole.dictionary)
            return _numbers(whole.indices)
        places = _numbers(pc.index_in(sent, value_set=self._column("v")))
        new = (places == NONE) & sent.is_valid().to_numpy(zero_copy_only=False)
        if new.any():
            fresh = sent.filter(pa.array(new)).dictionary_encode()
            places = places.copy()
            places[new] = _numbers(fresh.indices) + np.int32(self.table.num_rows)
            self._add(fresh.dictionary)
        return places

    def faulty(self, places: Places) -> Flags | None:
        """Which of some places hold a faulty value; None where no value known is faulty."""
        if self._faulty is None:
            return None
        return (places != NONE) & self._faulty[places]

    def fault(self, place: int) -> str:
        """What is wrong with the value at a place."""
        return str(self.table["fault"][place])

    def faulty_values(self) -> pa.Array:
        """The faulty values as sent."""
        return self._column("v").filter(self._column("fault").is_valid())

    def _column(self, name: str) -> pa.Array:
        return self.table[name].chunk(0) if self.table[name].num_chunks else pa.array([], pa.string())

    def _add(self, values: pa.Array) -> None:
        more = made(self.con, values, self.system, self.key)
        self.table = pa.concat_tables([self.table, more]).combine_chunks()
        if self.table["fault"].null_count < self.table.num_rows:
            self._faulty = self._column("fault").is_valid().to_numpy(zero_copy_only=False)


def _numbers(places: pa.Array) -> Places:
    return places.fill_null(NONE).to_numpy().astype(np.int32, copy=False)


def made(con: duckdb.DuckDBPyConnection, values: pa.Array, system: str, key: bytes) -> pa.Table:
    """For each distinct value, in order: v (as sent), n (normalised, null if empty), fault (or null), p (pseudonym)."""
    con.register("sent_values", _checked(values) if system == HETU else pa.table({"v": values}))
    rest = "n, fault" if system == HETU else f"{_TRIMMED} AS n, NULL::VARCHAR AS fault"
    select = f"SELECT v, n, fault, {_HMAC} AS p FROM (SELECT v, {rest} FROM sent_values)"
    try:
        return con.sql(select, params=_keys(key, system)).to_arrow_table().cast(MADE)
    finally:
        con.unregister("sent_values")


def find(con: duckdb.DuckDBPyConnection, select: str, systems: Mapping[str, str], key: bytes) -> dict[str, bool]:
    """Makes a temporary table for each identifier column and says whether any of its values is at fault.

    Table `known_<place>`: v, n, fault, p as `made` gives them. `place` is the column's place in `systems`.
    """
    columns = list(systems)
    spread = ", ".join(_name(column) for column in columns)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE sent AS SELECT k, v FROM "
        f"(SELECT unnest({list(range(len(columns)))}) AS k, unnest([{spread}]) AS v FROM ({select})) "
        "WHERE v IS NOT NULL GROUP BY ALL"
    )
    faulty: dict[str, bool] = {}
    for place, column in enumerate(columns):
        values = con.sql(f"SELECT v FROM sent WHERE k = {place}").to_arrow_table()["v"].cast(pa.string())
        known = made(con, values.combine_chunks(), systems[column], key)
        con.register("known_values", known)
        con.execute(f"CREATE OR REPLACE TEMP TABLE known_{place} AS SELECT * FROM known_values")
        con.unregister("known_values")
        faulty[column] = known["fault"].null_count < known.num_rows
    con.execute("DROP TABLE sent")
    return faulty


def keep(store: Store, folder: Path, known: Sequence[tuple[str, pa.Table]]) -> None:
    """Writes identifiers.parquet, encrypted: which pseudonym stands for which value. `known`: systems with p and n."""
    schema = SCHEMAS["identifiers"]
    parts = [
        pa.table([rows["p"], pa.repeat(system, rows.num_rows), rows["n"]], schema=schema)
        for system, rows in ((system, table.filter(pc.is_valid(table["p"]))) for system, table in known)
    ]
    if parts:
        rows = pa.concat_tables(parts).group_by(schema.names, use_threads=False).aggregate([])
        with store.writer(folder / "identifiers.parquet", schema) as writer:
            writer.write_table(rows.cast(schema))


def _checked(values: pa.Array) -> pa.Table:
    """Personal identity codes with what is wrong with them."""
    sent = [str(value) for value in values.to_pylist()]
    normal = [normal_hetu(value) or None for value in sent]
    faults = [hetu_fault(value) if value else None for value in normal]
    return pa.table(
        {"v": sent, "n": normal, "fault": faults}, schema=pa.schema([MADE.field(each) for each in range(3)])
    )


_TRIMMED = "nullif(trim(v, ' \t\r\n' || chr(160)), '')"

# HMAC written out as its definition, so that DuckDB computes it over a column; a test holds it to Python's hmac.
_HMAC = (
    "CASE WHEN fault IS NULL AND n IS NOT NULL THEN "
    "left(sha256($outer || unhex(sha256($inner || encode($system || n)))), 32) END"
)


def _keys(key: bytes, system: str) -> dict[str, bytes | str]:
    whole = key.ljust(BLOCK, b"\0")
    return {
        "inner": bytes(each ^ 0x36 for each in whole),
        "outer": bytes(each ^ 0x5C for each in whole),
        "system": system + BETWEEN,
    }


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
