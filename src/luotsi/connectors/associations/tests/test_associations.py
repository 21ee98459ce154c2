"""The spreadsheet of associations: the template, other programs' CSV, lines with faults."""

from pathlib import Path

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


def test_a_file_without_names_is_told_how_to_begin(tmp_path: Path) -> None:
    found = read([put(tmp_path, "a,b\n1,2\n")])
    assert [each.sentence for each in found.faults] == [
        "The file has no column nimi_fi. Use the template's heading line."
    ]


def test_the_organisations_of_a_file_are_told_whole(tmp_path: Path) -> None:
    found = read([put(tmp_path, "jarjesto,nimi_fi\nA,Kerho\nB,Kuoro\n")])
    assert found.whole == set(found.organisations)
    assert len(found.whole) == 2
