"""The areas of life by which people look for help, each with the words they use. How services are found is not here."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from luotsi.concepts.records import Label, Name, Record

LEARNED = "learned.csv"
"""Beside the areas of life: what was learned from services that people have labelled; no county need have it."""


class Words(Record):
    """Words that mean nearly the same, by language, in their dictionary form; the first of each is the plainest."""

    fi: tuple[str, ...]
    sv: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class Need(Record):
    """One area of life. `question`: how it is asked of a person. `words`: what people say who need help in it.

    A service is of the area when its texts hold these words; a search with one of them finds what holds the others.
    `classes`: service classes of the Finnish Service Catalogue that are of the area.
    """

    need: Name
    order: int
    label: Label
    question: Label
    words: tuple[Words, ...]
    classes: tuple[str, ...] = ()


def learned(folder: Path) -> dict[str, Mapping[str, float]]:
    """Term -> area of life -> what the term adds to how surely a service is of it; empty where nothing was learned."""
    path = folder / LEARNED
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as stream:
        return {
            row["term"]: {need: float(value) for need, value in row.items() if need != "term" and value}
            for row in csv.DictReader(stream)
        }
