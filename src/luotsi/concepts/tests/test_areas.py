"""Borders of areas: read beside their record, and every fault told."""

import json
from itertools import chain

import pytest

from luotsi.concepts.areas import features
from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import read_county
from luotsi.concepts.shipped import shipped

RECORD, FILE = "areas/places.yaml", "areas/places.geojson"
TEXT = """
    areas: places
    codes: sex
    version: '1'
    plane: EPSG:3067
    source: Own
    licence: EUPL-1.2
    """
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}


def collection(*codes: str) -> str:
    made = [{"type": "Feature", "id": code, "properties": {}, "geometry": SQUARE} for code in codes]
    return json.dumps({"type": "FeatureCollection", "features": made})


@pytest.fixture
def places(small):
    small.write(RECORD, TEXT)
    small.write(FILE, collection("1", "2"))
    return small


def test_areas_are_read_beside_their_record(places) -> None:
    assert places.faults() == []
    county, _ = places.read()
    assert [each["id"] for each in features(county, "places")] == ["1", "2"]
    assert features(county, "gone") == ()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "the file is not JSON"),
        ("[]", "the file is no collection of features"),
        ('{"features": [{"id": "1"}]}', "feature 1 has no id or no polygon"),
        (collection("1").replace("Polygon", "Point"), "feature 1 has no id or no polygon"),
        (collection("1", "1"), "the area 1 stands twice"),
    ],
)
def test_broken_borders_are_told(places, text, what) -> None:
    places.write(FILE, text)
    told = [(file, said) for file, _, said, _ in places.faults()]
    assert len(told) == 1
    assert told[0][0] == RECORD
    assert told[0][1].startswith(f"places.geojson: {what}")


def test_missing_borders_are_told_and_raise_a_sentence(places) -> None:
    (places.root / FILE).unlink()
    assert [each[2] for each in places.faults()] == ["places.geojson: the file is not there"]
    with pytest.raises(UserError, match=r"places\.geojson: the file is not there"):
        features(places.read()[0], "places")


def test_an_area_of_an_unknown_code_is_told(places) -> None:
    places.write(FILE, collection("1", "7"))
    assert [each[2:] for each in places.faults()] == [("'7' is not in code list sex", "It can be 1, 2")]


def test_borders_without_a_record_are_strays(places) -> None:
    places.write("areas/other.geojson", collection("1"))
    assert [each[2] for each in places.faults()] == ["nothing reads areas/other.geojson"]


def test_an_overlay_replaces_the_borders(places, tmp_path) -> None:
    own = type(places)(tmp_path / "own")
    own.write(RECORD, TEXT)
    own.write(FILE, collection("2"))
    assert [each["id"] for each in features(places.read(own.root)[0], "places")] == ["2"]


def test_the_municipalities_that_come_along_lie_in_keski_suomi() -> None:
    county, _ = read_county(shipped())
    found = features(county, "municipalities")
    assert len(found) == 22
    assert county.areas["municipalities"].licence == "CC BY 4.0"
    rings = chain.from_iterable(
        each["geometry"]["coordinates"]
        if each["geometry"]["type"] == "Polygon"
        else chain(*each["geometry"]["coordinates"])
        for each in found
    )
    points = list(chain.from_iterable(rings))
    assert all(330_000 < x < 520_000 and 6_780_000 < y < 7_080_000 for x, y in points)
