"""An export as CSV: the longest table alone, as a Finnish Excel opens it with a double click.

That means UTF-8 with a mark, semicolons, decimal commas, in every language: what decides is the reader's Excel, not
the language of the page. Shares are 0 to 1. What is hidden or missing is empty; the last column says which.
"""

from __future__ import annotations

import csv as csv_writing
import io

from luotsi.web.desk.exports.contents import Cell, Export, Number

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for the beginning of a formula."""


def csv(export: Export) -> bytes:
    """The file."""
    table = export.tables[-1]
    text = io.StringIO(newline="")
    writer = csv_writing.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(table.heading)
    writer.writerows([_written(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def _written(cell: Cell) -> str:
    if isinstance(cell, Number):
        return "" if cell.value is None else f"{cell.value:.10g}".replace(".", ",")
    return f"'{cell}" if cell.startswith(FORMULA) else cell
