"""Judges code lists: labels, texts about their origin, and hierarchies by the column `parent`."""

from __future__ import annotations

from luotsi.concepts.checking.judge import Judge, suggestion
from luotsi.concepts.reading import Fault


def check(judge: Judge) -> None:
    """Judges one code list. Duplicate codes and missing labels of codes are told when it is read."""
    record = judge.county.codes[judge.name].record
    yaml = judge.county.files["codes", judge.name].with_name("codes.yaml")
    found = Judge(judge.county, judge.kind, judge.name, [])
    found.label(("label",), record.label)
    found.said((), version=record.version, source=record.source, licence=record.licence)
    judge.faults.extend(Fault(str(yaml), each.line, each.what, each.right) for each in found.faults)
    if not judge.county.codes[judge.name].rows:
        _row(judge, 0, "the list has no codes", "Add rows: code,fi,sv,en")
    _parents(judge)


def _parents(judge: Judge) -> None:
    rows = judge.county.codes[judge.name].rows
    parents = {code: cells.get("parent") or "" for code, cells in rows.items()}
    for place, (code, parent) in enumerate(parents.items(), 1):
        if parent and parent not in rows:
            _row(judge, place, f"the parent {parent} of {code} is not in the list", suggestion(parent, rows))
        way = [code]
        while parent in rows and parent not in way:
            way.append(parent)
            parent = parents[parent]
        if parent == code:
            ring = " > ".join([*way, code])
            _row(judge, place, f"codes are parents in a ring: {ring}", "Leave the parent of the highest code empty")


def _row(judge: Judge, place: int, what: str, right: str) -> None:
    """A fault in the nth row of the table, counted from 1 below the heading line."""
    judge.faults.append(Fault(str(judge.county.files["codes", judge.name]), place + 1, what, right))
