"""Rewrites the golden SQL of every measure and segment list: `.venv/bin/python tests/golden/rewrite.py`.

Read the difference before you commit it: it is what a change of content or engine does to the numbers.
"""

from __future__ import annotations

from pathlib import Path

from luotsi.concepts.reading import County, read_county
from luotsi.engine import measures, segments

HERE = Path(__file__).parent


def texts(county: County) -> dict[str, str]:
    """Path under this folder -> the SQL that should stand there."""
    found = {f"measures/{name}.sql": measures.sql(county, name) for name in sorted(county.measures)}
    return found | {f"segments/{name}.sql": segments.sql(county, name) for name in sorted(county.segments)}


def main() -> None:
    """Writes what is new or changed and deletes what no measure has any more."""
    county, _ = read_county(HERE.parents[1] / "county")
    wanted = texts(county)
    for path in HERE.glob("*/*.sql"):
        if str(path.relative_to(HERE)) not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (HERE / name).parent.mkdir(exist_ok=True)
        (HERE / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
