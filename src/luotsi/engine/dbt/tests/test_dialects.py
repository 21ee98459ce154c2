"""Each word that SQLGlot does not write rightly, in each dialect; and every model read back in its dialect."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest
import sqlglot
from sqlglot import exp

from luotsi.concepts.errors import UserError
from luotsi.concepts.shipped import open_county
from luotsi.engine.dbt.dialects import DIALECTS
from luotsi.engine.dbt.dialects.patterns import shape
from luotsi.engine.dbt.tests.running import REF, SOURCE, Project
from luotsi.engine.duck.connection import connect

OTHERS = [name for name in DIALECTS if name != "duckdb"]
KNOWN = {
    "postgres": {"pg_input_is_valid", "timezone"},
    "snowflake": {"try_to_timestamp_ntz", "try_to_timestamp_tz"},
    "databricks": set[str](),
    "fabric": set[str](),
}
"""Functions of a dialect that SQLGlot reads without knowing them; any other would be DuckDB's word left standing."""

TABLES = {
    "callcentre": "calls", "fhir": "observation_component", "ledger": "tapahtumat", "lifecare": "potilas",
    "luotsi": "note", "mediatri": "henkilo", "pegasos": "asiakas", "rai": "assessment", "register": "yksikko",
    "social": "asia", "synthea_csv": "patients",
}  # fmt: skip
"""A table of each form in which sources write dates and times, one with columns turned into rows among them."""


def said(text: str, dialect: str) -> str:
    tree = sqlglot.parse_one(text, read="duckdb")
    return DIALECTS[dialect].rewritten(tree).sql(DIALECTS[dialect].sqlglot)


@pytest.mark.parametrize(
    ("text", "dialect", "expected"),
    [
        ("SELECT md5_number(a)::UUID", "snowflake", "SELECT MD5(A)"),
        ("SELECT md5_number(a)::UUID", "databricks", "SELECT MD5(a)"),
        ("SELECT md5_number(a)::UUID", "fabric", "SELECT LOWER(CONVERT(VARCHAR(32), HASHBYTES('MD5', a), 2))"),
        (
            "SELECT md5_number(a)::UUID",
            "postgres",
            "SELECT CAST(REGEXP_REPLACE(REVERSE(MD5(a)), '(.)(.)', '\\2\\1', 'g') AS UUID)",
        ),
        ("SELECT NULL::UUID", "snowflake", "SELECT CAST(NULL AS VARCHAR(32))"),
        ("SELECT a::TIMESTAMP", "databricks", "SELECT CAST(a AS TIMESTAMP_NTZ)"),
        ("SELECT a + to_days(2)", "postgres", "SELECT a + (2) * INTERVAL '1 DAY'"),
        ("SELECT a + to_days(2)", "snowflake", "SELECT DATEADD(DAY, 2, A)"),
        ("SELECT a + to_hours(b)", "databricks", "SELECT DATEADD(HOUR, b, a)"),
        ("SELECT try_cast(a AS DATE)", "snowflake", "SELECT TRY_CAST(CAST(A AS VARCHAR) AS DATE)"),
        (
            "SELECT try_cast(a AS DATE)",
            "postgres",
            "SELECT CASE WHEN PG_INPUT_IS_VALID(CAST(a AS TEXT), 'DATE') THEN CAST(CAST(a AS TEXT) AS DATE) END",
        ),
        ("SELECT regexp_full_match(a, '[0-9]+')", "postgres", "SELECT a ~ '^([0-9]+)$'"),
        ("SELECT regexp_full_match(a, '[0-9]+')", "snowflake", "SELECT REGEXP_LIKE(A, '[0-9]+')"),
        ("SELECT regexp_full_match(a, '[0-9]+')", "databricks", "SELECT REGEXP_LIKE(a, '^([0-9]+)$')"),
        (
            "SELECT try_strptime(a, '%d.%m.%Y')",
            "databricks",
            "SELECT CASE WHEN REGEXP_LIKE(a, '^ *(0?[1-9]|[12][0-9]|3[01])[.](0?[1-9]|1[0-2])[.]([0-9]{4}) *$') THEN "
            "TRY_CAST(REGEXP_REPLACE(a, '^ *(0?[1-9]|[12][0-9]|3[01])[.](0?[1-9]|1[0-2])[.]([0-9]{4}) *$', "
            "'$3-$2-$1') AS TIMESTAMP_NTZ) END",
        ),
        (
            "SELECT try_strptime(a, '%d.%m.%Y %H:%M')",
            "fabric",
            "SELECT CASE WHEN a LIKE '%.%.% %:%' THEN TRY_CONVERT(DATETIME2(6), a, 104) END",
        ),
        (
            "SELECT timezone('Europe/Helsinki', timezone('UTC', try_strptime(a, '%Y-%m-%dT%H:%M:%SZ')))",
            "fabric",
            "SELECT CAST(((CASE WHEN a LIKE '____-%-%T%:%' THEN TRY_CAST(REPLACE(REPLACE(a, 'T', ' '), 'Z', '') "
            "AS DATETIME2(6)) END) AT TIME ZONE 'UTC') AT TIME ZONE 'FLE Standard Time' AS DATETIME2(6))",
        ),
        ("SELECT length(a)", "fabric", "SELECT (LEN(a + 'x') - 1)"),
        (
            "SELECT a FROM t WHERE starts_with(a, b)",
            "fabric",
            "SELECT a FROM t WHERE LEFT(a, (LEN(b + 'x') - 1)) = b",
        ),
        ("SELECT lpad(a, 3, '0')", "fabric", "SELECT RIGHT(REPLICATE('0', 3) + a, 3)"),
        (
            "SELECT a = 1 AS b, TRUE AS c FROM t WHERE d AND NOT e",
            "fabric",
            "SELECT CASE WHEN a = 1 THEN CAST(1 AS BIT) WHEN NOT (a = 1) THEN CAST(0 AS BIT) END AS b, "
            "CAST(1 AS BIT) AS c FROM t WHERE d = 1 AND NOT e = 1",
        ),
        (
            "SELECT a.x FROM a ANTI JOIN b ON a.x IS NOT DISTINCT FROM b.x",
            "postgres",
            "SELECT a.x FROM a WHERE NOT EXISTS(SELECT 1 FROM b WHERE a.x = b.x)",
        ),
        (
            "SELECT k, arg_min(v, row(p, q)) AS v FROM t GROUP BY k",
            "postgres",
            "SELECT k, (ARRAY_AGG(v ORDER BY p, q) FILTER(WHERE v IS NOT NULL))[1] AS v FROM t GROUP BY k",
        ),
        (
            "SELECT k, arg_min(v, row(p, q)) AS v FROM t GROUP BY k",
            "fabric",
            "SELECT DISTINCT k, FIRST_VALUE(v) IGNORE NULLS OVER (PARTITION BY k ORDER BY p, q ROWS BETWEEN UNBOUNDED "
            "PRECEDING AND UNBOUNDED FOLLOWING) AS v FROM t",
        ),
        (
            "SELECT CASE WHEN a IN (SELECT code FROM codes WHERE list = 'x') THEN 1 END",
            "databricks",
            "SELECT CASE WHEN ((SELECT COUNT(*) FROM codes WHERE list = 'x' AND code = a) > 0) THEN 1 END",
        ),
    ],
)
def test_a_word_that_sqlglot_leaves_is_said_in_the_words_of_the_dialect(text: str, dialect: str, expected: str) -> None:
    assert said(text, dialect) == expected
    sqlglot.parse_one(expected, read=DIALECTS[dialect].sqlglot)


def test_columns_turned_into_rows_are_a_list_of_names_and_a_case() -> None:
    text = (
        "SELECT *, _cell.n AS name, _cell.v AS value FROM (SELECT *, unnest([{'n': 'a', 'v': \"a\"}, {'n': 'b', "
        "'v': \"b\"}]) AS _cell FROM (SELECT 1 AS a, 2 AS b) AS r) AS r"
    )
    assert said(text, "postgres") == (
        "SELECT *, _n AS name, _v AS value FROM (SELECT r.*, cells.n AS _n, CASE cells.n WHEN 'a' THEN r.\"a\" "
        "WHEN 'b' THEN r.\"b\" END AS _v FROM (SELECT 1 AS a, 2 AS b) AS r CROSS JOIN (SELECT 'a' AS n UNION ALL "
        "SELECT 'b' AS n) AS cells) AS r"
    )


TIMES = [
    "2024-02-29", " 5.1.2024 ", "31.2.2024", "2024-01-05 07:08", "20240105 0708", "20240105", "2024-01", "2024",
    "2024-01-05T07:08:09.25+02:00", "2024-07-05T07:08:09+0000", "2024-01-05 24:00", "x", "", None,
]  # fmt: skip
PATTERNS = ["%Y-%m-%d", "%d.%m.%Y", "%Y-%m-%d %H:%M", "%Y%m%d %H%M", "%Y%m%d", "%Y-%m", "%Y",
            "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"]  # fmt: skip
NUMBERS = ["12", " 12 ", "12.0", "12,5", "1e3", "NaN", "-.5", "", "x", "99999999999999999999", None]


WORDS_OF_TIMES = [
    *(f"try_strptime(t, '{each}')" for each in PATTERNS if "%z" not in each),
    *(f"timezone('Europe/Helsinki', try_strptime(t, '{each}'))" for each in PATTERNS if "%z" in each),
    "timezone('Europe/Helsinki', timezone('UTC', try_strptime(t, '%Y-%m-%d %H:%M')))",
    "try_strptime(t, ['%d.%m.%Y', '%Y-%m-%d'])",
    "md5_number(concat('~', t))::UUID",
]
WHOLE = "regexp_full_match(t, '[+-]?[0-9]+')"
WORDS_OF_NUMBERS = [
    "try_cast(t AS DECIMAL(18, 6))",
    WHOLE,
    f"CASE WHEN {WHOLE} THEN try_cast(t AS BIGINT) END",
    "try_cast(try_cast(t AS DECIMAL(18, 6)) AS BIGINT)",
]


@pytest.mark.parametrize(("words", "texts"), [(WORDS_OF_TIMES, TIMES), (WORDS_OF_NUMBERS, NUMBERS)])
def test_texts_are_read_on_postgresql_as_duckdb_reads_them(words: list[str], texts: list[str | None]) -> None:
    query = "SELECT " + ", ".join(f"{each} AS w{place}" for place, each in enumerate(words)) + " FROM texts ORDER BY n"
    given = [*enumerate(texts)]
    with connect(None) as duck, psycopg.connect(os.environ["DATABASE_URL"]) as post:
        duck.execute("CREATE TABLE texts (n INTEGER, t VARCHAR)")
        duck.executemany("INSERT INTO texts VALUES (?, ?)", given)
        post.execute("CREATE TEMP TABLE texts (n integer, t text)")
        post.cursor().executemany("INSERT INTO texts VALUES (%s, %s)", given)
        expected = duck.execute(query).fetchall()
        found = post.execute(said(query, "postgres").encode()).fetchall()
    for text, one, other in zip(texts, expected, found, strict=True):
        assert dict(zip(words, other, strict=True)) == dict(zip(words, one, strict=True)), text
    for place, word in enumerate(words):
        assert any(row[place] is not None for row in expected), word


def test_a_pattern_that_no_other_dialect_reads_is_told() -> None:
    with pytest.raises(UserError, match="%y"):
        shape("%d.%m.%y")
    with pytest.raises(UserError, match="Fabric"):
        said("SELECT try_strptime(a, '%H:%M')", "fabric")


@pytest.mark.parametrize("dialect", OTHERS)
def test_every_form_of_model_is_read_back_in_its_dialect(dialect: str, tmp_path: Path) -> None:
    county = open_county()
    patterns = {each: (source.format.dates, source.format.timestamps) for each, source in county.sources.items()}
    assert {patterns[each] for each in TABLES} == {*patterns.values()}, "a form of dates that no table here has"
    project = Project(county, frozenset(TABLES.items()), dialect, tmp_path)
    for name in project.models:
        text = REF.sub(lambda found: f"m.{found[1]}", SOURCE.sub(lambda found: f"l.{found[1]}", project.models[name]))
        tree = sqlglot.parse_one(text.partition("}}\n")[2] or text, read=DIALECTS[dialect].sqlglot)
        calls = {str(each.this).lower() for each in tree.find_all(exp.Anonymous)}
        assert calls <= KNOWN[dialect], name
