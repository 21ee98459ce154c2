"""The SQL of measures, kept beside their rows: written anew only where content, or the code that writes it, changed."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from pathlib import Path

from luotsi.concepts.reading import County
from luotsi.engine import measures
from luotsi.engine.duck.connection import Connection, given
from luotsi.engine.release.lineage import digest, digest_of

Text = tuple[str, frozenset[str]]
"""The SQL of a measure, and the marts it reads."""
WRITERS = ("concepts", "engine/duck", "engine/marts", "engine/measures")
"""The packages whose code decides what the SQL of a measure is."""
WRITTEN: dict[tuple[str, str], Text] = {}
"""What this process has written, by name and mark: another home of the same content is given the same."""
MOST = 1000
"""So many texts a process keeps."""


def texts(con: Connection, county: County) -> dict[str, Text]:
    """The SQL of every measure, by name. Needs the schema `results`."""
    con.execute('CREATE TABLE IF NOT EXISTS results.texts (name VARCHAR, mark VARCHAR, "sql" VARCHAR, tables VARCHAR)')
    held = {
        (name, mark): (text, frozenset(str(tables).split()))
        for name, mark, text, tables in con.execute('SELECT name, mark, "sql", tables FROM results.texts').fetchall()
    }
    marks = {name: digest(code(), county.digest, digest_of(each)) for name, each in sorted(county.measures.items())}
    found = {name: held.get((name, mark)) or _written(county, name, mark) for name, mark in marks.items()}
    if held.keys() != set(marks.items()):
        columns = {
            "name": [*marks],
            "mark": [*marks.values()],
            "sql": [text for text, _ in found.values()],
            "tables": [" ".join(sorted(tables)) for _, tables in found.values()],
        }
        con.execute("DELETE FROM results.texts")
        with given(con, "new_texts", columns):
            con.execute('INSERT INTO results.texts SELECT name, mark, "sql", tables FROM new_texts')
    return found


def _written(county: County, name: str, mark: str) -> Text:
    if len(WRITTEN) >= MOST:
        WRITTEN.clear()
    if (name, mark) not in WRITTEN:
        WRITTEN[name, mark] = measures.sql_and_tables(county, name)
    return WRITTEN[name, mark]


@cache
def code() -> str:
    """A digest of the code that writes the SQL of measures."""
    package = Path(__file__).parents[2]
    files = sorted(path for each in WRITERS for path in (package / each).rglob("*.py") if "tests" not in path.parts)
    return digest(version("sqlglot"), *(path.read_text("utf-8") for path in files))
