"""What the engine's statements say in Spark's SQL, a pair for each thing the two say differently."""

import pytest
import sqlglot

from luotsi.concepts.errors import UserError
from luotsi.engine.spark.writing import written

PAIRS = {
    "SELECT * FROM vault.hub_person AS h": "SELECT * FROM vault__hub_person AS h",
    "SELECT * FROM temp.staged": "SELECT * FROM staged",
    "SELECT arg_max(a, b) FROM t": "SELECT MAX_BY(a, b) FILTER(WHERE NOT a IS NULL) FROM t",
    "SELECT row(a, b) IS DISTINCT FROM row(c, d) FROM t": "SELECT STRUCT(a, b) IS DISTINCT FROM STRUCT(c, d) FROM t",
    "SELECT list_extract(array_agg(a ORDER BY b), 2) FROM t": (
        "SELECT GET(TRANSFORM(ARRAY_SORT(COLLECT_LIST(STRUCT(b, a AS listed_value))), e -> e.listed_value), (2) - 1) "
        "FROM t"
    ),
    "SELECT d + to_days(2), d + to_months(n), t + to_hours(3) FROM x": (
        "SELECT d + MAKE_DT_INTERVAL(2), ADD_MONTHS(d, n), t + MAKE_DT_INTERVAL(0, 3) FROM x"
    ),
    "SELECT grouping(a, b) FROM t GROUP BY GROUPING SETS ((a), (b))": (
        "SELECT (CAST(GROUPING(b) AS BIGINT) * 1 + CAST(GROUPING(a) AS BIGINT) * 2) FROM t "
        "GROUP BY GROUPING SETS ((a), (b))"
    ),
    "SELECT unnest(range(3)::DATE[])": "SELECT EXPLODE(CAST(SEQUENCE(0, 2) AS ARRAY<DATE>))",
    "SELECT TRY(make_date(y, m, d)) FROM t": "SELECT CAST(TRY_MAKE_TIMESTAMP_NTZ(y, m, d, 0, 0, 0) AS DATE) FROM t",
    "SELECT epoch_us(t) FROM x": "SELECT UNIX_MICROS(CAST(t AS TIMESTAMP_LTZ)) FROM x",
    "SELECT isodow(d) FROM x": "SELECT (WEEKDAY(d) + 1) FROM x",
    "SELECT regexp_full_match(a, 'x.*') FROM t": r"SELECT a RLIKE '\\A(?:x.*)\\z' FROM t",
    "SELECT try_strptime(a, '%d.%m.%Y') FROM t": (
        r"SELECT CASE WHEN a RLIKE '\\A(?:[0-9]{1,2}\\.[0-9]{1,2}\\.[0-9]{4})\\z' "
        "THEN TRY_TO_TIMESTAMP(a, 'd.M.yyyy') END FROM t"
    ),
    "SELECT strftime(t, '%Y-%m') FROM x": "SELECT DATE_FORMAT(t, 'yyyy-MM') FROM x",
    "SELECT CASE WHEN NULL THEN 1 END": "SELECT CASE WHEN CAST(NULL AS BOOLEAN) THEN 1 END",
    "SELECT a::UUID, b::JSON FROM t": "SELECT CAST(a AS STRING), CAST(b AS STRING) FROM t",
    "SELECT row_number() OVER (ORDER BY a) AS n FROM t": "SELECT ROW_NUMBER() OVER (ORDER BY a NULLS LAST) AS n FROM t",
}


@pytest.mark.parametrize(("ours", "theirs"), PAIRS.items(), ids=PAIRS)
def test_a_statement_of_the_engine_is_written_for_spark(ours: str, theirs: str) -> None:
    assert written(sqlglot.parse_one(ours, dialect="duckdb")) == theirs


def test_the_tree_that_is_written_stays_as_it_was() -> None:
    tree = sqlglot.parse_one("SELECT arg_max(a, b) FROM vault.t", dialect="duckdb")
    before = tree.sql("duckdb")
    written(tree)
    assert tree.sql("duckdb") == before


def test_the_row_before_in_time_is_found_by_one_window_and_pairs_no_row_with_another() -> None:
    tree = sqlglot.parse_one(
        "SELECT this.*, found.t AS before FROM a AS this ASOF LEFT JOIN b AS found "
        "ON this.k = found.k AND this.at > found.t",
        dialect="duckdb",
    )
    text = written(tree)
    assert "JOIN" not in text
    assert "LAST_VALUE(found, TRUE) OVER (PARTITION BY asof_key ORDER BY asof_at, asof_side" in text


def test_the_row_before_is_found_in_what_rests_on_a_row_before_too() -> None:
    inner = "SELECT this.*, one.t AS first FROM a AS this ASOF LEFT JOIN b AS one ON this.k = one.k AND this.at > one.t"
    text = written(
        sqlglot.parse_one(
            f"SELECT this.*, two.t FROM ({inner}) AS this ASOF LEFT JOIN c AS two "
            "ON this.k = two.k AND this.at > two.t",
            dialect="duckdb",
        )
    )
    assert "JOIN" not in text
    assert text.count("LAST_VALUE(") == 2


def test_a_time_with_an_offset_that_spark_cannot_read_is_a_clear_error() -> None:
    with pytest.raises(UserError, match="Spark reads times with an offset in ISO 8601 only"):
        written(sqlglot.parse_one("SELECT try_strptime(a, '%d.%m.%Y %H:%M%z')", dialect="duckdb"))
