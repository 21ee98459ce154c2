"""What the name of a file and the manifest beside it say."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from luotsi.concepts.errors import UserError
from luotsi.concepts.records import Source
from luotsi.connectors.delivery import day_of, delivered, instance_of, kind_of, table_of

LABEL = {"fi": "a", "sv": "a", "en": "a"}
TABLES = {name: {"files": [f"clinic_*_{name}_*.csv"], "columns": {}} for name in ("contact", "contact_diagnosis")}
SOURCE = Source.model_validate(
    {"source": "clinic", "label": LABEL, "definition": "x", "owner": "x", "connector": "csv", "tables": TABLES}
)


def test_the_longest_pattern_names_the_table_and_compression_does_not_matter() -> None:
    assert table_of(SOURCE, Path("clinic_north_contact_20240102_full.csv.gz")) == "contact"
    assert table_of(SOURCE, Path("clinic_north_contact_diagnosis_20240102_full.csv")) == "contact_diagnosis"
    assert table_of(SOURCE, Path("clinic_north_visit_20240102_full.csv")) is None


def test_a_name_tells_the_instance_the_time_and_what_the_file_holds() -> None:
    path = Path("clinic_north_side_contact_20240102T0405_delta.csv.gz")
    assert instance_of(SOURCE, "contact", path) == "north_side"
    assert (day_of(path), kind_of(path)) == (datetime(2024, 1, 2, 4, 5), "delta")
    plain = Path("contact.csv")
    assert (instance_of(SOURCE, "contact", plain), day_of(plain), kind_of(plain)) == ("clinic", None, None)


def test_a_day_that_does_not_exist_is_told() -> None:
    with pytest.raises(UserError, match="20240231"):
        day_of(Path("clinic_north_contact_20240231_full.csv"))


@pytest.mark.parametrize("name", ["a.csv.manifest.json", "a.manifest.json"])
def test_a_manifest_is_found_beside_its_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"rows": 7, "schema_version": 2}', "utf-8")
    found = delivered(tmp_path / "a.csv")
    assert found is not None
    assert found.rows == 7


def test_a_manifest_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv.manifest.json").write_text('{"rows": "many"}', "utf-8")
    with pytest.raises(UserError, match="is not a manifest"):
        delivered(tmp_path / "a.csv")
