"""An export as PDF: pages of A4 with charts, the tables short enough for paper, and definitions. Tagged for readers.

The HTML it is made from is never served; its style and fonts are files of ours, and nothing else is ever fetched.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import weasyprint
from django.template.loader import render_to_string
from weasyprint.text.fonts import FontConfiguration

from luotsi.web.desk.exports.contents import Cell, Export, Number, Table
from luotsi.web.ui import formats

STYLE = Path(__file__).parents[1] / "static" / "desk" / "export.css"
FONTS = Path(formats.__file__).parents[1] / "fonts"
FEW = 7
"""A table of more columns is set smaller."""
DEFINED = 12
"""More definitions than a board has tiles are left to the workbook."""


class _Ours(weasyprint.urls.URLFetcher):
    """Fetches our fonts and nothing else."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        """The answer to an address of one of our fonts. Raises ValueError for any other."""
        if not url.startswith(FONTS.as_uri() + "/"):
            raise ValueError(f"{url} is not fetched for an export")
        return super().fetch(url, headers)


def pdf(export: Export) -> bytes:
    """The file."""
    tables = [
        (table.title, _heading(table), [[_cell(cell) for cell in row] for row in table.rows], len(table.heading) > FEW)
        for table in export.tables
        if table.printed
    ]
    definitions = export.definitions if len(export.definitions) <= DEFINED else ()
    shown = {"export": export, "tables": tables, "definitions": definitions, "language": formats.language()}
    text = render_to_string("desk/export.html", shown)
    fetcher = _Ours()
    fonts = FontConfiguration()
    style = weasyprint.CSS(filename=STYLE, url_fetcher=fetcher, font_config=fonts)
    page = weasyprint.HTML(string=text, url_fetcher=fetcher)
    made = page.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")
    assert made is not None
    return made


def _heading(table: Table) -> list[tuple[str, bool]]:
    """The words of each column, and whether it holds numbers."""
    first = table.rows[0] if table.rows else ("",) * len(table.heading)
    return [(text, isinstance(cell, Number)) for text, cell in zip(table.heading, first, strict=True)]


def _cell(cell: Cell) -> tuple[str, bool]:
    """The words of a cell, and whether it is a number."""
    if isinstance(cell, Number):
        written = formats.difference if cell.change else formats.measured
        return written(cell.value, cell.unit), True
    return cell, False
