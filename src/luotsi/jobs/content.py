"""The faults of county content, as `luotsi check` tells them: wrong words, wrong references, wrong worked examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import duckdb

from luotsi.concepts.checking import check
from luotsi.concepts.reading import County, Fault, Stamp, read_county, stamp
from luotsi.connectors import known
from luotsi.engine.measures.example_tables import Tables
from luotsi.engine.measures.examples import run_measures, run_segments
from luotsi.engine.segments import at
from luotsi.forms import judging

Progress = Callable[[int, int, str], None]
"""(how many are done, of how many, what is being done)"""


def faults(county: County) -> list[Fault]:
    """Every fault of content, by file and line. What this process has judged is judged again once a file changes."""
    files = sorted(path for root in county.roots for path in root.rglob("*") if path.is_file())
    return [*_faults(county.roots, tuple((path, stamp(path)) for path in files))]


@lru_cache(maxsize=1)
def _faults(roots: tuple[Path, ...], _stamps: tuple[tuple[Path, Stamp], ...]) -> tuple[Fault, ...]:
    county, _ = read_county(*roots)
    found = sorted({*check(county), *known.check(county)})
    return (*found, *(worked_examples(county, found) or ()), *judging.check(county)[1])


def worked_examples(county: County, found: Sequence[Fault], progress: Progress | None = None) -> list[Fault] | None:
    """The worked examples that do not give what they expect.

    Those of faulty files are left until they are mended; None where concepts or code lists are faulty.
    """
    faulty = {fault.file for fault in found}
    if any({"concepts", "codes"} & set(Path(file).parts[-3:-1]) for file in faulty):
        return None
    asked = [
        (kind, name)
        for kind in ("measures", "segments")
        for name in getattr(county, kind)
        if str(county.files[kind, name]) not in faulty
    ]
    failed: list[Fault] = []
    with duckdb.connect(config={"threads": 1}) as con:  # a few rows each: a second thread costs more than it gives
        tables = Tables(con, county)
        for done, (kind, name) in enumerate(asked):
            if progress is not None:
                progress(done, len(asked), name)
            told = run_measures(county, [name], tables) if kind == "measures" else run_segments(county, name, at)
            file, line = str(county.files[kind, name]), county.line(kind, name, "examples")
            failed += [Fault(file, line, each, "Mend the definition or the example") for each in told]
    return failed
