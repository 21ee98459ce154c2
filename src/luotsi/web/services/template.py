"""The spreadsheet that associations fill in, as a workbook. It is read back in luotsi.connectors.associations."""

from __future__ import annotations

import csv
import io

import xlsxwriter

from luotsi.connectors.associations import CHOICES, TEMPLATE

ROWS = 1000
"""So many rows are text and offer choices, so that no number loses its zeros and no word is misspelt."""


def workbook() -> bytes:
    """The template: its heading line, a line as an example, and choices where only some words will do."""
    heading, *examples = csv.reader(TEMPLATE.open(encoding="utf-8", newline=""))
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Palvelut")
        strong, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(heading):
            sheet.set_column(column, column, max(14, len(name) + 2), text)
            sheet.write_string(0, column, name, strong)
            if name in CHOICES:
                sheet.data_validation(1, column, ROWS, column, {"validate": "list", "source": list(CHOICES[name])})
        for row, cells in enumerate(examples, 1):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell, text)
    return made.getvalue()
