"""What the connection to Spark does beyond single statements: transactions, small files, plans that a cluster bears."""

from __future__ import annotations

import datetime
import random
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import sqlglot

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County, read_county
from luotsi.engine import measures
from luotsi.engine.duck.connection import given
from luotsi.engine.measures.example_tables import Tables as Examples
from luotsi.engine.spark import tables
from luotsi.engine.spark.connection import Connection
from luotsi.engine.spark.tables import Tables
from luotsi.engine.spark.writing import written

ROOT = Path(__file__).parents[5]
RULES_LEFT_OUT = "spark.sql.optimizer.excludedRules"

pytestmark = [pytest.mark.xdist_group("spark"), pytest.mark.usefixtures("java")]


@pytest.fixture
def con(tmp_path: Path) -> Iterator[Connection]:
    made = Connection(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def county() -> County:
    return read_county(ROOT / "county")[0]


def test_a_transaction_that_is_rolled_back_leaves_the_tables_as_they_were(con: Connection, tmp_path: Path) -> None:
    con.execute("CREATE TABLE vault.t (n INTEGER, word VARCHAR)")
    con.execute("INSERT INTO vault.t VALUES (1, 'a')")
    con.execute("BEGIN")
    con.execute("INSERT INTO vault.t (n) SELECT n + 1 FROM vault.t")
    con.execute("DELETE FROM vault.t WHERE n = 1")
    assert con.execute("SELECT * FROM vault.t").fetchall() == [(2, None)]
    assert Tables(tmp_path).get("vault.t").rows == 1
    con.execute("ROLLBACK")
    assert con.execute("SELECT * FROM vault.t").fetchall() == [(1, "a")]


def test_every_row_of_an_arrow_table_is_read_though_some_of_its_chunks_are_empty(con: Connection) -> None:
    chunks = [pa.array([1, 2]), pa.array([], pa.int64()), pa.array([3])]
    with given(con, "rows_given", {"n": pa.chunked_array(chunks)}):
        assert con.execute("SELECT count(*), sum(n) FROM rows_given").fetchall() == [(3, 6)]


def test_medians_and_keys_are_those_of_duckdb_to_the_last_digit(con: Connection) -> None:
    random_ = random.Random(5)
    hours = [None if random_.random() < 0.1 else random_.randrange(10**9) / 3600 for _ in range(4000)]
    told = [random_.random() < 0.7 for _ in hours]
    rows = {"n": [random_.randrange(600) for _ in hours], "hours": hours, "told": told}
    query = (
        "SELECT n, median(hours) FILTER (WHERE told) AS some, median(hours) AS every, "
        "max(CAST(md5_number(concat('key', CAST(n AS VARCHAR)))::UUID AS VARCHAR)) AS key "
        "FROM given GROUP BY n ORDER BY n"
    )
    with given(con, "given", rows):
        theirs = con.execute(query).fetchall()
    with duckdb.connect() as ours, given(ours, "given", rows):
        assert ours.execute(query).fetchall() == theirs
    assert any(some is None for _, some, _, _ in theirs)


def test_many_small_loads_leave_few_files_and_every_row(
    con: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MANY", 8)
    con.execute("CREATE TABLE vault.t (n INTEGER)")
    for n in range(13):
        con.execute("INSERT INTO vault.t VALUES (?)", [n])
    assert len(Tables(tmp_path).paths("vault.t")) < 8
    assert [n for (n,) in con.execute("SELECT n FROM vault.t ORDER BY n").fetchall()] == [*range(13)]


def test_a_vault_open_for_reading_is_not_written(con: Connection, tmp_path: Path) -> None:
    con.execute("CREATE TABLE vault.t (n INTEGER)")
    with pytest.raises(UserError, match="open for reading only"):
        Connection(tmp_path, read_only=True).execute("INSERT INTO vault.t VALUES (1)")


def test_what_spark_refuses_is_a_sentence(con: Connection) -> None:
    with pytest.raises(UserError, match=r"there is no table vault\.nowhere"):
        con.execute("SELECT * FROM vault.nowhere")
    with pytest.raises(UserError, match=r"Spark refused a statement: .*CAST_INVALID_INPUT"):
        con.execute("SELECT CAST('x' AS INTEGER)").fetchall()


def test_what_rests_on_a_temporary_table_is_not_planned_from_the_files_up(con: Connection) -> None:
    con.execute("CREATE TEMP TABLE a AS SELECT * FROM (VALUES (1), (2)) AS v(n)")
    con.execute("CREATE TEMP TABLE b AS SELECT a.n FROM a JOIN a AS again ON again.n = a.n")
    assert len(plan(con, "SELECT n, count(*) FROM b GROUP BY n").splitlines()) < 10


def test_a_step_that_several_places_read_is_computed_once(con: Connection) -> None:
    con.execute("CREATE TABLE vault.t AS SELECT * FROM (VALUES (1), (1), (2)) AS v(n)")
    query = sqlglot.parse_one(
        "WITH counted AS (SELECT n, count(*) AS c FROM vault.t GROUP BY n) "
        "SELECT one.n, one.c FROM counted AS one JOIN counted AS other ON other.c = one.n",
        dialect="duckdb",
    )
    frame = con._frame(query)
    assert "Aggregate" not in frame._jdf.queryExecution().executedPlan().toString()
    assert [tuple(row) for row in frame.collect()] == [(1, 2), (2, 1)]


def test_what_is_kept_has_columns_of_its_own_so_that_it_can_be_joined_to_what_it_was_read_from(con: Connection) -> None:
    con.execute("CREATE TABLE vault.t AS SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(n, word)")
    con.execute("CREATE TEMP TABLE kept AS SELECT n, word FROM vault.t")
    steps = "one AS (SELECT n FROM vault.t), two AS (SELECT a.n FROM one AS a JOIN one AS b USING (n))"
    query = f"WITH {steps} SELECT two.n, t.word, kept.word FROM two JOIN vault.t AS t USING (n) JOIN kept USING (n)"
    assert sorted(con.execute(query).fetchall()) == [(1, "a", "a"), (2, "b", "b")]
    files, kept = (
        con.frames[word]._jdf.queryExecution().analyzed().outputSet().mkString(" ").split()
        for word in ("vault__t", "kept")
    )
    assert len(kept) == 2
    assert not {*kept} & {*files}


def test_the_rows_of_parameters_are_kept_in_the_types_of_the_table(con: Connection) -> None:
    con.execute("CREATE TABLE vault.t (n INTEGER, amount DECIMAL(18, 6), word VARCHAR, day DATE, at TIMESTAMP)")
    con.execute("CREATE TEMP TABLE t (n INTEGER, amount DECIMAL(18, 6), word VARCHAR, day DATE, at TIMESTAMP)")
    day, at = datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 7, 30)
    for name in ("vault.t", "t"):
        con.executemany(f"INSERT INTO {name} VALUES (?, ?, ?, ?, ?)", [[1, Decimal("1.5"), "a", day, at]])
        con.execute(f"INSERT INTO {name} (word, n) VALUES (?, ?), (?, ?)", ["b", 2, None, 3])
        wanted = [(1, Decimal("1.5"), "a", day, at), (2, None, "b", None, None), (3, None, None, None, None)]
        assert con.execute(f"SELECT * FROM {name} ORDER BY n").fetchall() == wanted


def test_a_table_that_is_emptied_while_another_rests_on_it_leaves_that_its_rows(con: Connection) -> None:
    con.execute("CREATE TEMP TABLE a AS SELECT * FROM (VALUES (1), (2)) AS v(n)")
    con.execute("CREATE TEMP TABLE b AS SELECT n FROM a")
    con.execute("CREATE TEMP TABLE c AS SELECT n FROM a LIMIT 0")
    con.execute("DELETE FROM a")
    con.executemany("INSERT INTO a VALUES (?)", [[7], [8]])
    found = con.execute("SELECT (SELECT sum(n) FROM a), (SELECT sum(n) FROM b), (SELECT count(*) FROM c)").fetchall()
    assert found == [(15, 3, 0)]


def plan(con: Connection, query: str) -> str:
    """The physical plan of a query."""
    tree = sqlglot.parse_one(query, dialect="duckdb")
    con._read(tree)
    return con.spark.sql(written(tree))._jdf.queryExecution().executedPlan().toString()


@pytest.fixture(scope="module")
def plans(java: None, county: County, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The physical plan of every measure, over tables of nothing."""
    con = Connection(tmp_path_factory.mktemp("tables"))
    empty = ("PropagateEmptyRelation", "ConvertToLocalRelation")  # of nothing there would be nothing to plan
    con.spark.conf.set(RULES_LEFT_OUT, ",".join(f"org.apache.spark.sql.catalyst.optimizer.{each}" for each in empty))
    examples = Examples(con, county, "Spark")
    found = {}
    for name in ("contacts", "coc_index", "readmit_30d_share", "residents", "hba1c_coverage"):
        text = measures.sql(county, name).replace("marts.", f"{examples.schema}.")
        text = text.replace("$first_month", "'2024-01-01'").replace("$last_month", "'2024-12-01'")
        found[name] = plan(con, text)
    con.spark.conf.unset(RULES_LEFT_OUT)
    con.close()
    return found


def test_a_unit_of_half_the_country_is_counted_where_its_rows_lie_before_they_meet(plans: dict[str, str]) -> None:
    for name, text in plans.items():
        assert "partial_" in text, name


def test_the_row_before_is_found_by_a_sort_within_a_key_and_no_person_is_paired_with_themself(
    plans: dict[str, str],
) -> None:
    assert re.search(r"Window \[last(_value)?\(", plans["hba1c_coverage"])
    for name, text in plans.items():
        assert "CartesianProduct" not in text, name
