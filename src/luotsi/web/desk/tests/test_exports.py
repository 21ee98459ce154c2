"""Exports: what a file holds is what the page shows, and nothing that is hidden there."""

import csv
import io
import re
import zipfile
import zlib
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from luotsi.concepts.records import Board, Label, Score, Tile
from luotsi.web.desk.exports import text
from luotsi.web.desk.exports.contents import Export, Number, Table
from luotsi.web.desk.exports.paper import _Ours, pdf
from luotsi.web.desk.exports.spreadsheet import xlsx
from luotsi.web.results import queries
from luotsi.web.results.models import Release

LABEL = Label(fi="Taulu", sv="Tavla", en="Board")
BOARD = Board(
    board="front",
    level="tactical",
    scope="county",
    label=LABEL,
    question=LABEL,
    owner="Director",
    scoring=LABEL,
    tiles=(
        Tile(measure="seen", score=Score(floor=Decimal("0.2"))),
        Tile(measure="seen", grain="year", chart="bars", by="unit"),
        Tile(measure="cost", grain="year"),
        Tile(measure="gone"),
    ),
)
BEGINS = {"pdf": b"%PDF-", "xlsx": b"PK", "csv": b"\xef\xbb\xbf", "png": b"\x89PNG"}
KINDS = {"pdf": "application/pdf", "xlsx": "spreadsheetml", "csv": "text/csv", "png": "image/png"}


@pytest.fixture
def front(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "boards", lambda: {"front": BOARD, "unit": BOARD.model_copy(update={"scope": "unit"})})


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def sheets(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def unpacked(content: bytes) -> bytes:
    """A PDF with its packed parts in the open."""
    parts = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    return b"".join(zlib.decompress(each) for each in parts if each[:1] == b"x")


def export(*rows: tuple[Any, ...]) -> Export:
    made = Table("Numbers", ("What", "Value"), rows)
    return Export("test", "Test", "", (), (made,), (), ())


@pytest.mark.parametrize("form", BEGINS)
@pytest.mark.parametrize("page", ["/boards/front/", "/measures/seen/"])
def test_a_board_and_a_measure_can_be_had_in_every_form(
    release: Release, reader: Client, front: None, page: str, form: str
) -> None:
    response = reader.get(f"{page}export.{form}?from=2023-01")
    assert response.status_code == 200
    assert response.content.startswith(BEGINS[form])
    assert KINDS[form] in response["Content-Type"]
    assert f'-2025-01-10.{form}"' in response["Content-Disposition"]


@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv"])
def test_a_comparison_can_be_had_in_every_form_but_a_picture(release: Release, reader: Client, form: str) -> None:
    response = reader.get(f"/compare/export.{form}?before=2021&after=2024&order=size")
    assert response.content.startswith(BEGINS[form])
    assert reader.get("/compare/export.png").status_code == 404


def test_pages_lead_to_their_files_with_their_filters(release: Release, reader: Client, front: None) -> None:
    for page in ("/boards/front/", "/measures/seen/", "/compare/"):
        shown = reader.get(f"{page}?from=2023-01").content.decode()
        found = re.findall(r'href="(export\.[a-z]+\?[^"]*)"', shown)
        assert len(found) >= 3, page
        assert all(reader.get(page + each).status_code == 200 for each in found)


@pytest.mark.parametrize(
    "address",
    [
        *("/boards/gone/export.pdf", "/measures/gone/export.csv", "/measures/seen/export.docx"),
        *("/measures/seen/export.png?picture=99", "/measures/cost/export.pdf?unit=1"),
    ],
)
def test_what_cannot_be_had_is_told_on_a_page(release: Release, reader: Client, address: str) -> None:
    response = reader.get(address)
    assert response.status_code == 404
    assert "There is nothing to download here" in response.content.decode()


def test_a_board_of_a_unit_sends_the_reader_to_choose_one(release: Release, reader: Client, front: None) -> None:
    response = reader.get("/boards/unit/export.pdf?from=2023-01")
    assert response["Location"] == "/boards/unit/?from=2023-01"
    assert reader.get("/boards/unit/export.csv?unit=1").status_code == 200


@pytest.mark.parametrize("address", ["/boards/front/export.pdf", "/measures/seen/export.csv", "/compare/export.xlsx"])
def test_a_stranger_gets_no_file(release: Release, client: Client, front: None, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert "sign-in" in response["Location"]


def test_csv_gives_the_published_numbers_as_a_finnish_excel_reads_them(release: Release, reader: Client) -> None:
    rows = table(reader.get("/measures/seen/export.csv?from=2024-01&to=2024-06").content)
    assert [row["Period"] for row in rows] == [f"2024-0{month}" for month in range(1, 7)]
    points = {point.period: point for point in queries.series(release, "seen", grain="month")}
    for row in rows:
        point = points[row["Period"]]
        assert float(row["Value"].replace(",", ".")) == point.value
        assert (row["Name"], row["Denominator"], row["Hidden"]) == ("seen", "1000", "")
    assert "," in rows[0]["Value"]


def test_a_hidden_number_is_hidden_in_every_form(release: Release, reader: Client, front: None) -> None:
    [hidden] = [each for each in table(reader.get("/boards/front/export.csv").content) if each["Hidden"]]
    assert hidden["Group"] == "9"
    numbers = ("Value", "Interval from", "Interval to", "Numerator", "Denominator", "Number counted")
    assert [hidden[each] for each in numbers] == [""] * 6
    book = sheets(reader.get("/measures/seen/export.xlsx?by=unit&grain=year").content)
    texts = re.findall(r"<t[^>]*>([^<]*)</t>", book["xl/sharedStrings.xml"])
    nine = texts.index("9")
    [row] = re.findall(
        rf'<row [^>]*>(?:(?!</row>).)*<c r="A\d+"[^>]*t="s"><v>{nine}</v>.*?</row>', book["xl/worksheets/sheet1.xml"]
    )
    assert row.count("<v>") == 2, "the name and the word for hidden"


def test_a_board_holds_what_its_tiles_show_and_says_what_it_rests_on(
    release: Release, reader: Client, front: None
) -> None:
    book = sheets(reader.get("/boards/front/export.xlsx").content)
    said = book["xl/sharedStrings.xml"]
    for words in (
        "This release has no such measure.",
        release.name,
        "Counts of people below 5 are hidden.",
        "Law 1326/2010",
    ):
        assert words in said
    assert re.search(r"100, from 1 of 1 tiles|\d+, from 1 of 1 tiles", said)


def test_numbers_are_numbers_in_a_workbook() -> None:
    sheet = sheets(xlsx(export(("Share", Number(0.853, "share")), ("None", Number(None)))))["xl/worksheets/sheet1.xml"]
    assert re.search(r'<c r="B2" s="\d+"><v>0\.853</v></c>', sheet)
    assert 'r="B3"' not in sheet


@pytest.mark.parametrize("cell", ["=1+1", "+358", "-2", "@SUM(A1)"])
def test_no_text_becomes_a_formula(cell: str) -> None:
    [row] = table(text.csv(export((cell, Number(-2.5)))))
    assert (row["What"], row["Value"]) == (f"'{cell}", "-2,5")
    assert "<f>" not in sheets(xlsx(export((cell, Number(1)))))["xl/worksheets/sheet1.xml"]


def test_two_tables_of_one_name_are_two_sheets() -> None:
    made = export(("One", Number(1)))
    twice = Export("test", "Test", "", (), (made.tables[0], made.tables[0]), (), ())
    book = sheets(xlsx(twice))["xl/workbook.xml"]
    assert 'name="Numbers"' in book
    assert 'name="Numbers 2"' in book


def test_a_pdf_is_tagged_and_fetches_nothing_from_elsewhere() -> None:
    made = pdf(export(("One", Number(1.5))))
    assert made.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in unpacked(made)
    for address in ("https://example.org/x.png", "file:///etc/passwd"):
        with pytest.raises(ValueError, match="is not fetched"):
            _Ours().fetch(address)
