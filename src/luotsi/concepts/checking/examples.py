"""Judges the shape of worked examples: their tables, periods, groups and what they expect. The engine runs them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from luotsi.concepts.checking.judge import Judge, Path
from luotsi.concepts.records import Example
from luotsi.concepts.scope import Known, columns

NUMBERS = ("numerator", "denominator", "value", "n")
PERIOD = re.compile(r"\d{4}(-(0[1-9]|1[0-2])|-Q[1-4])?")
SEGMENT = {"person": "reference", "period_end": "date", "segments": "text", "segment": "text"}
"""The relation of segments, which the engine makes."""


def check(judge: Judge, examples: Sequence[Example], dimensions: Collection[str], expected: Collection[str]) -> None:
    """Judges the examples of a measure or segment list; an empty `expected` lets any name be expected."""
    if not examples:
        judge.fault(("examples",), "there is no worked example", "Add one: it is the test and the explanation")
    for place, example in enumerate(examples):
        path: Path = ("examples", place)
        if not PERIOD.fullmatch(example.period):
            what = f"{example.period!r} is not a period"
            judge.fault((*path, "period"), what, "Write a month 2023-01, quarter 2023-Q1 or year 2023")
        for name in example.group:
            judge.among((*path, "group", name), name, dimensions, "dimension", judge.name)
        for name in example.expect if expected else ():
            judge.among((*path, "expect", name), name, expected, "number")
        for relation, table in example.given.items():
            _table(judge, (*path, "given", relation), relation, table)


def _table(judge: Judge, path: Path, relation: str, table: str) -> None:
    known = _columns(judge, relation)
    if not known:
        concepts = judge.county.concepts
        groups = [f"{name}.{many}" for name, concept in concepts.items() for many in concept.many]
        judge.among(path, relation, [*concepts, *groups, "segment"], "concept")
        return
    lines = [line for line in table.splitlines() if line.strip()]
    heading = [cell.strip() for cell in lines[0].split("|")] if lines else []
    for name in heading:
        judge.among(path, name, known, "attribute", relation)
    for place, line in enumerate(lines[1:], 1):
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != len(heading):
            what = f"row {place} of {relation} has {len(cells)} cells under {len(heading)} names"
            judge.fault(path, what, "Give every row a cell for each name; an empty cell is null")
            continue
        for name, cell in zip(heading, cells, strict=True):
            if cell and name in known:
                judge.value(path, cell, known[name].codes)


def _columns(judge: Judge, relation: str) -> dict[str, Known]:
    if relation == "segment":
        return {"key": Known("reference"), **{name: Known(kind) for name, kind in SEGMENT.items()}}
    return columns(judge.county, relation)
