"""Turns the values of identifier columns into keyed pseudonyms, each distinct value once. Writes no file."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
from __future__ import annotations

import hmac
from collections.abc import Mapping

import duckdb
import pyarrow as pa

from luotsi.concepts.identifiers import hetu_fault, normal_hetu

HETU = "hetu"
BLOCK = 64
BETWEEN = "\x1f"


def pseudonym(key: bytes, system: str, value: str) -> str:
    """The pseudonym of a normalised value: 32 hexadecimal characters of HMAC-SHA256 (RFC 2104)."""
    return hmac.digest(key, f"{system}{BETWEEN}{value}".encode(), "sha256")[:16].hex()


def find(con: duckdb.DuckDBPyConnection, select: str, systems: Mapping[str, str], key: bytes) -> dict[str, bool]:
    """Makes a temporary table for each identifier column and says whether any of its values is at fault.

    Table `known_<place>`: v (as sent), n (normalised, null where empty), p (pseudonym), fault (sentence or null).
    `place` is the column's place in `systems`.
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
        system = systems[column]
        _normalise(con, place, system)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE known_{place} AS SELECT v, n, fault, {_HMAC} AS p FROM normal",
            _keys(key, system),
        )
        found = con.execute(f"SELECT count(fault) FROM known_{place}").fetchone()
        faulty[column] = bool(found and found[0])
    con.execute("DROP TABLE sent")
    con.execute("DROP TABLE IF EXISTS normal")
    return faulty


def _normalise(con: duckdb.DuckDBPyConnection, place: int, system: str) -> None:
    if system != HETU:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE normal AS SELECT v, nullif(trim(v, ' \t\r\n' || chr(160)), '') AS n, "
            f"NULL::VARCHAR AS fault FROM sent WHERE k = {place}"
        )
        return
    values = [str(row[0]) for row in con.execute(f"SELECT v FROM sent WHERE k = {place}").fetchall()]
    normal = [normal_hetu(value) or None for value in values]
    faults = [hetu_fault(value) if value else None for value in normal]
    table = pa.table({"v": values, "n": normal, "fault": faults}, schema=_NORMAL)
    con.register("checked", table)
    con.execute("CREATE OR REPLACE TEMP TABLE normal AS SELECT * FROM checked")
    con.unregister("checked")


_NORMAL = pa.schema([("v", pa.string()), ("n", pa.string()), ("fault", pa.string())])

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
