"""Matches the heading line of a file to the declared columns of a table. Reads no rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from luotsi.concepts.errors import UserError
from luotsi.concepts.records import Source
from luotsi.connectors.reading import ColumnsMissingError


@dataclass(frozen=True)
class Heading:
    """Where each column stands in the file.

    `places`: (name, place in the file or None where the file lacks it) of the columns that land, in order.
    `undeclared`: (heading, place) of the others. `width`: number of columns in the file.
    """

    places: tuple[tuple[str, int | None], ...]
    undeclared: tuple[tuple[str, int], ...]
    width: int
    notes: tuple[str, ...]


def plain(heading: str) -> str:
    """A heading without outer white space, each inner stretch of it, line breaks included, as one space."""
    return re.sub(r"\s+", " ", heading.replace("\ufeff", "")).strip()


def match(source: Source, table_name: str, headings: Sequence[str], path: Path) -> Heading:
    """Matches headings to columns. Raises UserError where a required column is missing or stands twice."""
    table = source.tables[table_name]
    found = [plain(each) for each in headings]
    free = dict.fromkeys(range(len(found)))
    places: dict[str, int | None] = {}
    for name, column in table.columns.items():
        wanted = {plain(each) for each in (name, *column.also)}
        here = [place for place in free if found[place] in wanted]
        here = here or [place for place in free if found[place].casefold() in {each.casefold() for each in wanted}]
        if len(here) > 1:
            twice = " and ".join(found[place] for place in here)
            raise UserError(f"{path}: the column {name} stands twice in the heading ({twice}). Have it sent once.")
        places[name] = here[0] if here else None
        for place in here:
            del free[place]
    if table.unpivot:
        for place in [each for each in free if re.fullmatch(table.unpivot.columns, found[each])]:
            places.setdefault(found[place], place)
            del free[place]
    _refuse_missing(source, table_name, places, [found[place] for place in free], found, path)
    undeclared = _told_apart([(found[place] or f"column {place + 1}", place) for place in free], set(places))
    notes = [f"the column {name} is not in the file" for name, place in places.items() if place is None]
    if undeclared:
        named = ", ".join(name for name, _ in undeclared[:10])
        notes.append(f"{len(undeclared)} undeclared columns went to the encrypted store: {named}")
    return Heading(tuple(places.items()), tuple(undeclared), len(found), tuple(notes))


def _refuse_missing(
    source: Source, table: str, places: dict[str, int | None], unknown: list[str], found: list[str], path: Path
) -> None:
    columns = source.tables[table].columns
    missing = [name for name, place in places.items() if place is None and columns[name].required]
    if not missing:
        return
    known = sum(place is not None for place in places.values())
    if len(found) == 1 and not known:
        raise UserError(
            f"{path}: the heading line has one column only ({found[0][:60]!r}). "
            f"The columns are to be separated by {source.format.delimiter!r}: see format.delimiter of {source.source}."
        )
    several = len(missing) > 1
    named = ", ".join(unknown[:20]) or "none"
    raise ColumnsMissingError(
        f"{path}: the required column{'s' * several} {', '.join(missing)} {'are' if several else 'is'} missing. "
        f"Headings that no column claims: {named}. If one of them is the new name, add it to `also` of tables.{table}."
        f"columns.{missing[0]} in county/sources/{source.source}.yaml; otherwise have the file sent anew.",
        table=table,
        column=missing[0],
    )


def _told_apart(columns: list[tuple[str, int]], taken: set[str]) -> list[tuple[str, int]]:
    """Gives headings that stand more than once a number, letter case aside, as a table needs names that differ."""
    seen = {name.casefold() for name in taken}
    told: list[tuple[str, int]] = []
    for name, place in columns:
        given, number = name, 2
        while given.casefold() in seen:
            given, number = f"{name} ({number})", number + 1
        seen.add(given.casefold())
        told.append((given, place))
    return told
