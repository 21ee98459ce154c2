"""Which steps of a query are worked out once, and that the rows are the same; no Spark is needed to say it."""

from __future__ import annotations

import duckdb
import pytest
import sqlglot

from luotsi.engine.spark.once import split
from luotsi.engine.spark.statements import fitted

ROWS = "(VALUES (1, 'a'), (2, 'b'), (3, 'a')) AS v(n, word)"
SHARED = f"""
WITH first AS (SELECT * FROM {ROWS}), kept AS (SELECT n, word FROM first WHERE n > 1),
counted AS (SELECT kept.word, count(*) AS c FROM kept GROUP BY kept.word),
listed AS (SELECT word, c FROM counted UNION ALL SELECT word, n FROM kept)
SELECT listed.word, listed.c, again.c AS d FROM listed JOIN counted AS again ON again.word = listed.word
"""


def rows(query: str) -> list[object]:
    """The rows of a query, its shared steps run one by one where it has any."""
    steps, rest = split(sqlglot.parse_one(query, dialect="duckdb"))
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE own AS SELECT * FROM {ROWS}")
        for word, step in steps.items():
            con.execute(f"CREATE TABLE {word} AS {step.sql('duckdb')}")
        return sorted(con.execute(rest.sql("duckdb")).fetchall())


def whole(query: str) -> list[object]:
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE own AS SELECT * FROM {ROWS}")
        return sorted(con.execute(query).fetchall())


def test_each_step_that_several_places_read_is_a_query_of_its_own_in_the_order_of_the_statement() -> None:
    steps, rest = split(sqlglot.parse_one(SHARED, dialect="duckdb"))
    assert [*steps] == ["shared_kept", "shared_counted"]
    assert steps["shared_kept"].sql("duckdb") == f"SELECT n, word FROM (SELECT * FROM {ROWS}) AS first WHERE n > 1"
    assert steps["shared_counted"].sql("duckdb").endswith("FROM shared_kept AS kept GROUP BY kept.word")
    assert "FROM (SELECT word, c FROM shared_counted AS counted UNION ALL" in rest.sql("duckdb")


def test_a_step_that_one_place_reads_is_written_there_and_a_statement_without_steps_stays_as_it_is() -> None:
    query = "WITH a AS (SELECT 1 AS n), b AS (SELECT n FROM a) SELECT b.n FROM b"
    steps, rest = split(sqlglot.parse_one(query, dialect="duckdb"))
    assert steps == {}
    assert rest.sql("duckdb") == "SELECT b.n FROM (SELECT n FROM (SELECT 1 AS n) AS a) AS b"
    assert split(rest) == ({}, rest)


@pytest.mark.parametrize(
    "query",
    [
        SHARED,
        "WITH own AS (SELECT n + 1 AS n FROM main.own) SELECT a.n FROM own AS a JOIN own AS b ON a.n = b.n",
        "WITH own AS (SELECT n + 1 AS n FROM own) SELECT own.n FROM own UNION ALL SELECT n FROM own",
        "WITH a AS (SELECT n FROM own), b AS (SELECT n FROM a UNION SELECT n + 1 FROM a) SELECT * FROM b",
    ],
)
def test_the_rows_are_those_of_the_whole_statement(query: str) -> None:
    assert rows(query) == whole(query)


def test_the_steps_of_an_inserted_query_stand_before_the_statement_where_shared_ones_are_seen() -> None:
    query = sqlglot.parse_one("WITH a AS (SELECT n FROM own) SELECT n FROM a UNION ALL SELECT n FROM a", "duckdb")
    made = fitted(query, ["n"], {"n": "bigint"})
    assert [*split(made)[0]] == ["shared_a"]
    assert query.ctes
