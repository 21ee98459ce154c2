"""The spreadsheet of associations: the template, other programs' CSV, lines with faults."""

import csv
import datetime
import zipfile
from pathlib import Path

import xlsxwriter

from luotsi.connectors.associations import read
from luotsi.connectors.entries import Hours

TEMPLATE = Path(__file__).parents[1] / "template.csv"


def put(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "services.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_the_template_is_read_whole_and_gives_the_same_ids_each_time() -> None:
    found, again = read([TEMPLATE]), read([TEMPLATE])
    assert not found.faults
    assert found.services == again.services
    (service,) = found.services.values()
    assert service.name == {"fi": "Juttukahvila", "sv": "Pratkafé", "en": "Chat café"}
    assert (service.municipalities, service.fee, service.needs) == (("179", "410"), "free", ("friends", "life"))
    place = next(each for each in found.channels.values() if each.kind == "place")
    assert place.hours == (*(Hours(day, 540, 900) for day in range(1, 6)), Hours(6, 600, 840))
    assert place.places[0].east == 434912


def test_semicolons_and_windows_letters_are_read(tmp_path: Path) -> None:
    found = read([put(tmp_path, "järjestö;nimi_fi;kunnat\r\nSeura;Äijäkerho;Äänekoski\r\n", "cp1252")])
    (service,) = found.services.values()
    assert (service.name, service.municipalities) == ({"fi": "Äijäkerho"}, ("992",))


def test_a_line_with_a_fault_is_told_by_its_number_and_the_others_are_taken(tmp_path: Path) -> None:
    lines = ("jarjesto,nimi_fi,kunnat,aukiolo,verkkosivu", "A,,,,", "A,Kerho,Olematon,aina,www.a.fi")
    text = "\n".join([*lines, "A,Kuoro,koko maa,,", "A,Kuoro,,,"])
    found = read([put(tmp_path, text)])
    assert [each.entry for each in found.faults] == [f"services.csv, line {line}" for line in (2, 3, 3, 3, 5)]
    assert {each.name["fi"]: each.nationwide for each in found.services.values()} == {"Kerho": None, "Kuoro": True}


def test_target_groups_are_read_by_name_or_code_and_one_that_is_not_known_is_told(tmp_path: Path) -> None:
    found = read([put(tmp_path, "jarjesto,nimi_fi,kohderyhmat\nA,Kerho,ikäihmiset;KR1.3;Olematon\nA,Kuoro,")])
    assert [each.target_groups for each in found.services.values()] == [("KR1.1", "KR1.3"), ()]
    (fault,) = found.faults
    assert "There is no target group Olematon" in str(fault)


def test_a_file_without_names_is_told_how_to_begin(tmp_path: Path) -> None:
    found = read([put(tmp_path, "a,b\n1,2\n")])
    assert [each.sentence for each in found.faults] == [
        "The file has no column nimi_fi. Use the template's heading line."
    ]


def test_the_organisations_of_a_file_are_told_whole(tmp_path: Path) -> None:
    found = read([put(tmp_path, "jarjesto,nimi_fi\nA,Kerho\nB,Kuoro\n")])
    assert found.whole == set(found.organisations)
    assert len(found.whole) == 2


def book(path: Path, lines: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(path) as made:
        sheet, days = made.add_worksheet(), made.add_format({"num_format": "d.m.yyyy"})
        for row, cells in enumerate(lines):
            for column, cell in enumerate(cells):
                if isinstance(cell, datetime.date):
                    sheet.write_datetime(row, column, datetime.datetime(cell.year, cell.month, cell.day), days)
                elif cell != "":
                    sheet.write(row, column, cell)
    return path


def test_a_workbook_says_what_the_same_lines_say_as_csv(tmp_path: Path) -> None:
    lines = [list(each) for each in csv.reader(TEMPLATE.open(encoding="utf-8"))]
    found, told = read([book(tmp_path / "services.xlsx", lines)]), read([TEMPLATE])
    assert (found.services, found.channels, found.faults) == (told.services, told.channels, [])


def test_numbers_and_days_of_a_workbook_are_read_as_they_were_meant(tmp_path: Path) -> None:
    heading = ["jarjesto", "nimi_fi", "osoite", "postinumero", "ika_alku", "tarkistettu"]
    path = book(tmp_path / "a.xlsx", [heading, ["Seura", "Kerho", "Katu 1", 100, 18, datetime.date(2026, 11, 1)]])
    found = read([path])
    (service,) = found.services.values()
    assert (service.least_age, service.checked) == (18, datetime.date(2026, 11, 1))
    assert [each.places[0].postal_code for each in found.channels.values()] == ["00100"]


def test_a_fault_of_a_workbook_is_told_by_the_number_of_the_row_on_the_sheet(tmp_path: Path) -> None:
    found = read([book(tmp_path / "a.xlsx", [["jarjesto", "nimi_fi"], ["A", "Kuoro"], [], ["A", ""]])])
    assert [each.entry for each in found.faults] == ["a.xlsx, line 4"]


def test_a_stray_mark_in_the_farthest_corner_of_a_sheet_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["jarjesto", "nimi_fi"])
        sheet.write_row(1, 0, ["Seura", "Kerho"])
        sheet.write(1_048_575, 16_383, ".")
    assert [each.name["fi"] for each in read([path]).services.values()] == ["Kerho"]


def test_what_is_no_workbook_is_told_and_the_other_files_are_taken(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK not a book")
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as made:
        made.writestr("xl/worksheets/sheet1.xml", "<!DOCTYPE a><worksheet/>")
    with zipfile.ZipFile(tmp_path / "c.xlsx", "w") as made:
        made.writestr("readme.txt", "")
    put(tmp_path, "jarjesto,nimi_fi\nA,Kerho\n")
    found = read([tmp_path])
    assert [each.entry for each in found.faults] == ["a.xlsx", "b.xlsx", "c.xlsx"]
    assert len(found.services) == 1
