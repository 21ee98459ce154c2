"""An export as an Excel workbook: a sheet for each table, numbers as numbers, one for definitions, one for the release.

Excel writes decimals and thousands as its reader's own; the formats here say only how many figures are shown.
"""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from luotsi.web.desk import words
from luotsi.web.desk.exports.contents import Export, Number, Table

FORMATS = {"share": "0.0%", "count": "#,##0", "EUR": "#,##0\u00a0€", "ratio": "0.00", "index": "0.00"}
USUAL = "#,##0.0#"
LONGEST_NAME = 31
"""Characters that Excel allows in the name of a sheet."""
NARROW, WIDE = 12, 60


def xlsx(export: Export) -> bytes:
    """The file."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": export.title, "company": "Luotsi"})
        taken: set[str] = set()
        for table in export.tables:
            _sheet(book, table, _name(table.title, taken))
        _sheet(book, _definitions(export), _name(_("Definitions"), taken))
        facts = ((_("What"), export.title), ("", export.lead), *export.facts)
        _sheet(book, Table(_("Release"), (_("What"), ""), facts), _name(_("Release"), taken))
    return made.getvalue()


def _name(title: str, taken: set[str]) -> str:
    """A name that Excel allows and no other sheet has."""
    allowed = "".join(" " if each in "[]:*?/\\'" else each for each in title)[: LONGEST_NAME - 3].strip() or "-"
    name, number = allowed, 2
    while name.casefold() in taken:
        name, number = f"{allowed} {number}", number + 1
    taken.add(name.casefold())
    return name


def _sheet(book: Any, table: Table, name: str) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    numbers = {
        unit: book.add_format({"num_format": FORMATS.get(unit, USUAL), "valign": "top"}) for unit in _units(table)
    }
    sheet.write_row(0, 0, table.heading, bold)
    for place, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            if not isinstance(cell, Number):
                sheet.write_string(place, column, cell, text)
            elif cell.value is not None:
                sheet.write_number(place, column, cell.value, numbers[cell.unit])
    for column, title in enumerate(table.heading):
        longest = max([len(title), *(len(row[column]) for row in table.rows if isinstance(row[column], str))])  # pyright: ignore[reportArgumentType]
        sheet.set_column(column, column, min(WIDE, max(NARROW, longest + 1)))
    sheet.freeze_panes(1, 0)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.heading) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _units(table: Table) -> set[str]:
    return {cell.unit for row in table.rows for cell in row if isinstance(cell, Number)}


def _definitions(export: Export) -> Table:
    heading = (
        *(_("Name"), _("Measure"), _("Definition"), _("Why"), _("Owner"), _("Source"), _("Unit")),
        *(_("Version"), _("Next review"), _("Status")),
    )
    status = {"confirmed": _("confirmed"), "unconfirmed": _("unconfirmed")}
    rows = (
        (
            *(each.measure, words.said(each.label), words.said(each.definition), words.said(each.why), each.owner),
            *(each.source, each.unit, str(each.version), each.review.isoformat(), status.get(each.status, each.status)),
        )
        for each in export.definitions
    )
    return Table(_("Definitions"), heading, tuple(rows))
