"""Reads the first sheet of an XLSX workbook as rows of text. What the rows say is read in reader.py.

Only what a filled-in list needs: texts, numbers and days as their numbers; no formulas, formats or further sheets.
The form is Office Open XML, ECMA-376 part 1, chapters 12 and 18. Of the packages that read it, python-calamine (0.9)
lays out every cell up to the last, so that one stray mark in a far corner ends the process, and openpyxl has had no
release since 2024.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
LONGEST = 50_000_000
"""Bytes of one part of a workbook when it is unpacked; a longer one is no list of services."""
WIDEST = 200
"""Columns that are looked at."""


class UnreadableError(Exception):
    """That a file is no workbook; says why."""


def rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something: the number it has on the sheet, its cells. Raises UnreadableError."""
    try:
        with zipfile.ZipFile(path) as book:
            names = sorted(
                (each for each in book.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", each)),
                key=lambda each: (len(each), each),
            )
            if not names:
                raise UnreadableError("it has no sheet")
            shared = _shared(book) if "xl/sharedStrings.xml" in book.namelist() else []
            sheet = _part(book, names[0])
    except (zipfile.BadZipFile, ElementTree.ParseError, EOFError, NotImplementedError, RuntimeError) as fault:
        raise UnreadableError(str(fault)) from fault
    number = 0
    for row in sheet.iterfind(".//row"):
        said = row.get("r", "")
        number = int(said) if said.isdigit() else number + 1
        cells = _cells(row, shared)
        if any(cells):
            yield number, cells


def _part(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    if book.getinfo(name).file_size > LONGEST:
        raise UnreadableError("it is too large")
    text = book.read(name).decode("utf-8")
    if "<!DOCTYPE" in text:
        raise UnreadableError("it declares a document type")
    tree = ElementTree.fromstring(text)
    for each in tree.iter():
        each.tag = each.tag.removeprefix(MAIN).removeprefix(STRICT)
    return tree


def _shared(book: zipfile.ZipFile) -> list[str]:
    return [_text(each) for each in _part(book, "xl/sharedStrings.xml").iterfind("si")]


def _text(part: ElementTree.Element) -> str:
    """The text of a string, which may come in runs; what is only read aloud (rPh) is left out."""
    runs = [part, *part.iterfind("r")]
    return "".join(each.text or "" for run in runs for each in run.iterfind("t"))


def _cells(row: ElementTree.Element, shared: list[str]) -> list[str]:
    found: list[str] = []
    for cell in row.iterfind("c"):
        place = _column(cell.get("r", ""), len(found))
        if 0 <= place < WIDEST:
            found += [""] * (place + 1 - len(found))
            found[place] = _value(cell, shared).strip()
    return found


def _column(reference: str, following: int) -> int:
    """The number of a column by its letters: A 0, B 1, AA 26; that of the cell before and one where none are told."""
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1 if number else following


def _value(cell: ElementTree.Element, shared: list[str]) -> str:
    kind, value = cell.get("t", "n"), cell.findtext("v") or ""
    if kind == "inlineStr":
        inside = cell.find("is")
        return _text(inside) if inside is not None else ""
    if kind == "s":
        return shared[int(value)] if value.isdigit() and int(value) < len(shared) else ""
    if kind == "e":
        return ""
    return value.removesuffix(".0") if kind == "n" else value
