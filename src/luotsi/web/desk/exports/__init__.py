"""Exports: a board, a measure or a comparison as a file. `contents` says what is in it, the others how it is written.

All begin from the same views as the pages, which hold published numbers only: what is hidden on a page is hidden here.
"""

from luotsi.web.desk.exports.contents import Export, of_board, of_comparison, of_measure
from luotsi.web.desk.exports.paper import pdf
from luotsi.web.desk.exports.spreadsheet import xlsx
from luotsi.web.desk.exports.text import csv

__all__ = ["Export", "csv", "of_board", "of_comparison", "of_measure", "pdf", "xlsx"]
"""The forms of a file; a picture is drawn by ui.charts.png."""
