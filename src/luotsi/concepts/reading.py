"""Reads the YAML and CSV of a county into records, and keeps the line of every word for messages.

Every scalar is read as text: `no`, `077` and `1e3` stay what was written, and the record says what they are.
A county's own folder overlays ours file by file: a file of the same path replaces, a new one adds.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from luotsi.concepts.needs import Need
from luotsi.concepts.queues import Queue
from luotsi.concepts.records import Areas, Board, CodeList, Concept, Measure, Record, Segments, Source
from luotsi.concepts.referrals import Programme
from luotsi.concepts.themes import Theme

Lines = dict[tuple[str | int, ...], int]
Stamp = tuple[int, int, int]
R = TypeVar("R", bound=Record)


@dataclass(frozen=True, order=True)
class Fault:
    """One fault in county content: where it is, what is wrong and what would be right."""

    file: str
    line: int
    what: str
    right: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}. {self.right}"


@dataclass(frozen=True)
class Codes:
    """A code list with its rows: code -> the row's cells (`fi`, `sv`, `en` and any further columns)."""

    record: CodeList
    rows: dict[str, dict[str, str]]


@dataclass(frozen=True)
class County:
    """All content of a county, read and overlaid. Names are unique within each kind."""

    roots: tuple[Path, ...]
    concepts: dict[str, Concept]
    codes: dict[str, Codes]
    sources: dict[str, Source]
    measures: dict[str, Measure]
    segments: dict[str, Segments]
    files: dict[tuple[str, str], Path]
    """(kind, name) -> the file the record came from."""
    lines: dict[tuple[str, str], Lines] = field(repr=False)
    overlaid: tuple[str, ...] = ()
    """What an overlay changed, a sentence each."""
    boards: dict[str, Board] = field(default_factory=dict[str, Board])
    areas: dict[str, Areas] = field(default_factory=dict[str, Areas])
    needs: dict[str, Need] = field(default_factory=dict[str, Need])
    themes: dict[str, Theme] = field(default_factory=dict[str, Theme])
    queues: dict[str, Queue] = field(default_factory=dict[str, Queue])
    referrals: dict[str, Programme] = field(default_factory=dict[str, Programme])

    def line(self, kind: str, name: str, *path: str | int) -> int:
        """The line where `path` stands in the file of a record, or of its nearest parent that has one."""
        lines = self.lines.get((kind, name), {})
        while path and path not in lines:
            path = path[:-1]
        return lines.get(path, 1)

    @cached_property
    def digest(self) -> str:
        """A hash over every file of the content, so that a result can name what it rests on."""
        digest = hashlib.sha256()
        for key in sorted(self.files):
            digest.update(repr(key).encode() + self.files[key].read_bytes())
        return digest.hexdigest()


KINDS: dict[str, type[Record]] = {
    "concepts": Concept,
    "sources": Source,
    "measures": Measure,
    "segments": Segments,
    "boards": Board,
    "areas": Areas,
    "needs": Need,
    "themes": Theme,
    "queues": Queue,
    "referrals": Programme,
}
NAMED_BY = {
    "concepts": "concept",
    "sources": "source",
    "measures": "measure",
    "segments": "segments",
    "boards": "board",
    "areas": "areas",
    "needs": "need",
    "themes": "theme",
    "queues": "queue",
    "referrals": "programme",
}


def read_county(*roots: Path) -> tuple[County, list[Fault]]:
    """Reads content from `roots`, later ones over earlier ones; what cannot be read is a fault, not an exception."""
    found: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    files: dict[tuple[str, str], Path] = {}
    lines: dict[tuple[str, str], Lines] = {}
    faults: list[Fault] = []
    overlaid: list[str] = []
    for depth, root in enumerate(roots):
        if not root.is_dir():
            faults.append(Fault(str(root), 1, "there is no such county folder", "Give the path of a folder"))
        for kind, shape in KINDS.items():
            for path in sorted((root / kind).glob("*.yaml")):
                record, where, wrong = read_record(path, shape)
                faults += wrong
                if record is None:
                    continue
                name = str(getattr(record, NAMED_BY[kind]))
                if name != path.stem:
                    faults.append(
                        Fault(
                            str(path),
                            where.get((NAMED_BY[kind],), 1),
                            f"the file is named {path.stem} but holds {name}",
                            f"Name the file {name}.yaml",
                        )
                    )
                overlaid += _said(depth, kind, name, name in found[kind], path)
                found[kind][name], files[kind, name], lines[kind, name] = record, path, where
        codes, wrong = _read_codes(root, files, lines)
        faults += wrong
        for name, value in codes.items():
            overlaid += _said(depth, "codes", name, name in found.setdefault("codes", {}), files["codes", name])
            found["codes"][name] = value
    found.setdefault("codes", {})
    return County(tuple(roots), **found, files=files, lines=lines, overlaid=tuple(overlaid)), sorted(faults)


def read_record(path: Path, shape: type[R]) -> tuple[R | None, Lines, list[Fault]]:
    """Reads one YAML file as `shape`: the record (or None), the line of each path in it, and the faults.

    A file that has not changed since this process read it is not read again.
    """
    record, lines, faults = _read_record(path, shape, stamp(path))
    assert record is None or isinstance(record, shape)
    return record, lines, [*faults]


def stamp(path: Path) -> Stamp:
    """What changes when a file does."""
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


@lru_cache(maxsize=4096)
def _read_record(path: Path, shape: type[Record], _stamp: Stamp) -> tuple[Record | None, Lines, list[Fault]]:
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except UnicodeDecodeError as error:
        return (
            None,
            {},
            [Fault(str(path), 1, f"the file is not UTF-8 (byte {error.start})", "Save it as UTF-8")],
        )
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return (
            None,
            {},
            [Fault(str(path), line, f"this is not YAML: {error.problem}", "Mend the indentation or quotes")],
        )
    if node is None:
        return None, {}, [Fault(str(path), 1, "the file is empty", "Fill it in or delete it")]
    lines: Lines = {}
    faults: list[Fault] = []
    value = _plain(node, (), lines, faults, str(path))
    try:
        record = shape.model_validate(value)
    except ValidationError as error:
        for each in error.errors():
            place = tuple(part for part in each["loc"])
            faults.append(Fault(str(path), _nearest(lines, place), *_worded(each, place)))
        return None, lines, faults
    return (None if faults else record), lines, faults


def _plain(node: yaml.Node, path: tuple[str | int, ...], lines: Lines, faults: list[Fault], file: str) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        empty = node.style is None and node.value in ("", "null", "~")
        return None if empty else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, place), lines, faults, file) for place, child in enumerate(node.value)]
    read: dict[str, Any] = {}
    assert isinstance(node, yaml.MappingNode)
    for key, child in node.value:
        word = str(key.value)
        if word in read:
            line = key.start_mark.line + 1
            faults.append(Fault(file, line, f"{word} stands twice", "Keep one of them"))
        read[word] = _plain(child, (*path, word), lines, faults, file)
        lines[(*path, word)] = key.start_mark.line + 1
    return read


def _nearest(lines: Lines, place: tuple[str | int, ...]) -> int:
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _worded(error: Any, place: tuple[str | int, ...]) -> tuple[str, str]:
    where = ".".join(str(part) for part in place)
    if not place:
        return "the file is not made of names with values", "Begin with a line such as concept: <name>"
    match error["type"]:
        case "missing":
            return f"{where} is missing", "Add it"
        case "extra_forbidden":
            return f"{where} is not a word that can stand here", "Delete it or mend its spelling"
        case "literal_error":
            return f"{where} is {error['input']!r}", f"It can be {error['ctx']['expected']}"
        case "string_pattern_mismatch":
            return f"{where} is {error['input']!r}", "A name is lower-case letters, digits and underscores"
        case _:
            return f"{where} is {error['input']!r}", str(error["msg"]).removeprefix("Value error, ")


def _said(depth: int, kind: str, name: str, replaced: bool, path: Path) -> Iterator[str]:
    if depth:
        yield f"{kind}/{name} is {'replaced' if replaced else 'added'} by {path}"


def _read_codes(
    root: Path, files: dict[tuple[str, str], Path], lines: dict[tuple[str, str], Lines]
) -> tuple[dict[str, Codes], list[Fault]]:
    lists: dict[str, Codes] = {}
    faults: list[Fault] = []
    for path in sorted((root / "codes").glob("*/codes.yaml")):
        record, where, wrong = read_record(path, CodeList)
        faults += wrong
        table = path.with_name("codes.csv")
        if record is None:
            continue
        if not table.exists():
            faults.append(Fault(str(path), 1, "the list has no codes.csv beside it", "Add codes.csv: code,fi,sv,en"))
            continue
        rows, wrong = _read_rows(table, stamp(table))
        faults += wrong
        lists[record.codes] = Codes(record, rows)
        files["codes", record.codes], lines["codes", record.codes] = table, where
    return lists, faults


@lru_cache(maxsize=1024)
def _read_rows(table: Path, _stamp: Stamp) -> tuple[dict[str, dict[str, str]], list[Fault]]:
    """The rows of a code list by code, and what is wrong with them."""
    rows: dict[str, dict[str, str]] = {}
    faults: list[Fault] = []
    try:
        text = table.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        return rows, [Fault(str(table), 1, f"the file is not UTF-8 (byte {error.start})", "Save it as UTF-8")]
    reader = csv.DictReader(io.StringIO(text, newline=""))
    for missing in {"code", "fi", "sv", "en"} - set(reader.fieldnames or ()):
        faults.append(Fault(str(table), 1, f"the column {missing} is missing", "Add it to the heading line"))
    for row in reader:
        code = row.get("code") or ""
        if not code or code in rows:
            what = f"the code {code} stands twice" if code else "a row has no code"
            faults.append(Fault(str(table), reader.line_num, what, "Keep one row for each code"))
        if None in row or None in row.values():
            what = f"the code {code} has not as many cells as the heading"
            faults.append(Fault(str(table), reader.line_num, what, "Quote a text that holds a comma"))
        for language in ("fi", "sv", "en"):
            if not (row.get(language) or "").strip():
                what = f"the code {code} has no {language} label"
                faults.append(Fault(str(table), reader.line_num, what, "Add the label"))
        rows[code] = {name: cell or "" for name, cell in row.items() if name is not None}
    return rows, faults
