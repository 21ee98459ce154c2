"""Opening a database, and what is said when it runs out of room."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from luotsi.concepts.errors import UserError
from luotsi.engine.duck.connection import connect, room


def test_a_statement_that_runs_out_of_memory_ends_in_a_sentence_that_names_the_way_out() -> None:
    con = connect(None, memory="20MB")
    sentence = r"^The release: memory ran out \(.* used\)\)\. Nothing of it was kept\..*LUOTSI_MEMORY"
    with pytest.raises(UserError, match=sentence), room("The release"):
        con.execute("SELECT max(text) FROM (SELECT DISTINCT md5(CAST(range AS VARCHAR)) AS text FROM range(2000000))")


def test_a_folder_for_spilling_lets_the_same_statement_end_well(tmp_path: Path) -> None:
    con = connect(None, memory="60MB", spill=tmp_path / "tmp")
    with room("The release"):
        con.execute("CREATE TEMP TABLE t AS SELECT DISTINCT md5(CAST(range AS VARCHAR)) AS text FROM range(2000000)")
        assert con.execute("SELECT count(*) FROM t").fetchone() == (2_000_000,)


def test_a_full_disk_ends_in_a_sentence_and_any_other_fault_of_a_file_is_left_as_it_is() -> None:
    full = "IO Error: Could not write all bytes to file: No space left on device"
    sentence = r"^The release: the disk is full \(Could not write .*Make room"
    with pytest.raises(UserError, match=sentence), room("The release"):
        raise duckdb.IOException(full)
    with pytest.raises(duckdb.IOException, match="no such file"), room("The release"):
        raise duckdb.IOException("IO Error: no such file")
