"""How answers are written: a table for people, CSV, JSON or Parquet for programs. What is asked stands in `ask`."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from rich.console import Console
from rich.table import Table

HIDDEN = ".."
"""What a person sees in place of a number that is suppressed."""

WIDE = 400
"""Columns of a table that goes to a file or a pipe: nothing is cut there."""

Words = Mapping[tuple[str, str], str]
"""(dimension, code) -> its word."""


class Form(str, Enum):  # noqa: UP042  the words as typed
    """The form of an answer."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


def as_bytes(table: pa.Table, form: Form) -> bytes:
    """An answer as CSV, JSON (a list of objects) or Parquet."""
    sink = io.BytesIO()
    if form is Form.csv:
        pyarrow.csv.write_csv(table, sink, pyarrow.csv.WriteOptions(quoting_style="needed"))
    elif form is Form.parquet:
        pyarrow.parquet.write_table(table, sink)
    else:
        sink.write(json.dumps(table.to_pylist(), ensure_ascii=False, indent=1).encode() + b"\n")
    return sink.getvalue()


def as_table(table: pa.Table, words: Words, share: bool) -> str:
    """An answer as a table for people: words beside codes, hidden numbers as `..`, and what that means below."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    names = [name for name in table.column_names if name not in ("measure", "suppressed")]
    numbers = ("numerator", "denominator", "value", "n")
    for name in names:
        shown.add_column(name, justify="right" if name in numbers else "left", no_wrap=True)
    for row in table.to_pylist():
        shown.add_row(*(_cell(row, name, words, share) for name in names))
    text = rendered(shown)
    if any(table["suppressed"].to_pylist()):
        text += f"{HIDDEN} = hidden: fewer than 5 people or events, or a number that would give such a one away\n"
    return text


def rendered(table: Table) -> str:
    """A rich table as text: as wide as the terminal, or uncut where it goes to a file."""
    console = Console()
    if console.is_terminal:
        with console.capture() as capture:
            console.print(table)
        return capture.get()
    plain = Console(file=io.StringIO(), width=WIDE, no_color=True)
    with plain.capture() as capture:
        plain.print(table)
    return "".join(line.rstrip() + "\n" for line in capture.get().splitlines())


def number(value: float | None, *, share: bool = False) -> str:
    """A number for people: whole ones without decimals, shares with three, others with two; nothing for null."""
    if value is None:
        return ""
    if share:
        return f"{value:.3f}"
    return f"{value:,.0f}".replace(",", " ") if value == int(value) else f"{value:,.2f}".replace(",", " ")


def _cell(row: dict[str, Any], name: str, words: Words, share: bool) -> str:
    value = row[name]
    if name in ("numerator", "denominator", "value", "n"):
        return HIDDEN if row["suppressed"] else number(value, share=share and name == "value")
    word = words.get((name, str(value)))
    return str(value) if word is None or word == value else f"{value} {word}"
