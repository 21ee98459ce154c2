import re
from pathlib import Path

import pytest

from luotsi.concepts.functions import FUNCTIONS
from luotsi.concepts.reading import read_county

ROOT = Path(__file__).parents[2]
COUNTY = read_county(ROOT / "county")[0]
LINES = (ROOT / "GLOSSARY.md").read_text("utf-8").splitlines()
LABELS = {name: each.label for name, each in COUNTY.concepts.items()}
LISTS = {name: each.record.label for name, each in COUNTY.codes.items()}


@pytest.mark.parametrize("name", sorted(LABELS))
def test_the_glossary_has_every_concept_under_its_labels(name: str) -> None:
    label = LABELS[name]
    assert f"| {label.fi} | {label.sv} | {label.en} | `{name}` |" in LINES


@pytest.mark.parametrize("name", sorted(LISTS))
def test_the_glossary_has_every_code_list_under_its_labels(name: str) -> None:
    label = LISTS[name]
    assert f"| {label.fi} | {label.sv} | {label.en} | `{name}` |" in LINES


def test_the_glossary_names_no_concept_or_list_that_is_not_there() -> None:
    listed = {line.split("`")[1] for line in LINES if line.endswith("` |") and line.count("|") == 5}
    assert listed == set(LABELS) | set(LISTS)


def test_every_name_in_code_that_the_glossary_gives_is_a_name_in_code() -> None:
    known = {*COUNTY.concepts, *COUNTY.codes, *COUNTY.measures, *FUNCTIONS, "segment", "hetu"}
    known |= {name for concept in COUNTY.concepts.values() for name in concept.attributes}
    known |= {code for codes in COUNTY.codes.values() for code in codes.rows}
    given = {name for line in LINES for name in re.findall(r"`([^`/]+)`", line)}
    assert given - known == set()
