"""Pseudonyms computed over a column are those of Python's hmac, and the key they rest on is made once."""

from __future__ import annotations

import stat
from pathlib import Path

import duckdb
import pytest

from luotsi.concepts.errors import UserError
from luotsi.engine.lake.keys import county_key, derived
from luotsi.engine.lake.pseudonyms import find, pseudonym

VALUES = ["1", " 1 ", "Ä", "a\x1fb", "'quoted'", "x" * 200, "", "  ", None, "A", "a"]


def found(values: list[str | None], system: str) -> dict[str, str | None]:
    con = duckdb.connect()
    con.execute("CREATE TABLE t (c VARCHAR)")
    con.executemany("INSERT INTO t VALUES (?)", [[value] for value in values])
    find(con, "SELECT c FROM t", {"c": system}, bytes(range(32)))
    return dict(con.execute("SELECT v, p FROM known_0").fetchall())


@pytest.mark.parametrize("system", ["", "clinic:north", "it's", "hetu2"])
def test_a_pseudonym_is_the_hmac_of_the_system_and_the_trimmed_value(system: str) -> None:
    known = found(VALUES, system)
    for value, made in known.items():
        wanted = pseudonym(bytes(range(32)), system, value.strip()) if value.strip() else None
        assert made == wanted
    assert len({made for made in known.values() if made}) == 7


def test_values_that_shift_across_the_border_of_the_system_differ() -> None:
    assert pseudonym(b"k", "ab", "c") != pseudonym(b"k", "a", "bc")


def test_a_wrong_code_has_no_pseudonym() -> None:
    assert found(["010190-900P", "010190-900R"], "hetu")["010190-900R"] is None


def test_the_county_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    key = county_key(tmp_path)
    path = tmp_path / "keys" / "county.key"
    assert (len(key), stat.S_IMODE(path.stat().st_mode)) == (32, 0o600)
    assert county_key(tmp_path) == key
    assert derived(tmp_path, "pseudonym") != derived(tmp_path, "identity")
    assert list(path.parent.iterdir()) == [path]


def test_a_spoilt_key_is_told_and_not_replaced(tmp_path: Path) -> None:
    county_key(tmp_path)
    path = tmp_path / "keys" / "county.key"
    path.write_bytes(b"short")
    with pytest.raises(UserError, match="spoilt"):
        county_key(tmp_path)
    assert path.read_bytes() == b"short"
