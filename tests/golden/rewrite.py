"""Rewrites the golden SQL of every measure and segment list, as DuckDB and as Spark are given it:
`.venv/bin/python tests/golden/rewrite.py`.

Read the difference before you commit it: it is what a change of content or engine does to the numbers.
"""

from __future__ import annotations

from pathlib import Path

import sqlglot

from luotsi.concepts.reading import County, read_county
from luotsi.engine import measures, segments
from luotsi.engine.spark.writing import written

HERE = Path(__file__).parent


def texts(county: County) -> dict[str, str]:
    """Path under this folder -> the SQL that should stand there."""
    found = {f"measures/{name}.sql": measures.sql(county, name) for name in sorted(county.measures)}
    found |= {f"segments/{name}.sql": segments.sql(county, name) for name in sorted(county.segments)}
    return found | {f"spark/{path}": _for_spark(text) for path, text in found.items()}


def _for_spark(text: str) -> str:
    return written(sqlglot.parse_one(text, dialect="duckdb"), pretty=True) + "\n"


def main() -> None:
    """Writes what is new or changed and deletes what no measure has any more."""
    county, _ = read_county(HERE.parents[1] / "county")
    wanted = texts(county)
    for path in HERE.rglob("*.sql"):
        if str(path.relative_to(HERE)) not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (HERE / name).parent.mkdir(parents=True, exist_ok=True)
        (HERE / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
