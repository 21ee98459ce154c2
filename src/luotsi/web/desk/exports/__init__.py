"""Exports: a board, a measure or a comparison as a file. `contents` says what is in it, the others how it is written.

All begin from the same views as the pages, which hold published numbers only: what is hidden on a page is hidden here.
"""

from django.utils.module_loading import import_string

from luotsi.web.desk.exports.contents import Export, of_board, of_comparison, of_measure
from luotsi.web.desk.exports.spreadsheet import xlsx
from luotsi.web.desk.exports.text import csv

__all__ = ["Export", "csv", "of_board", "of_comparison", "of_measure", "pdf", "xlsx"]
"""The forms of a file; a picture is drawn by ui.charts.png."""


def pdf(export: Export) -> bytes:
    """The file as `paper` writes it, whose code is read when the first is asked for: most processes never print, and
    what it prints with takes them longer to read than all else of the desk.
    """
    return import_string("luotsi.web.desk.exports.paper.pdf")(export)
