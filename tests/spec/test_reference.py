"""The reference pages say what the county content says now."""

from pathlib import Path

import pytest

from luotsi.concepts.reading import read_county
from luotsi.concepts.reference import pages

ROOT = Path(__file__).parents[2]
PAGES = pages(read_county(ROOT / "county")[0])


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_as_fresh_as_the_content(name: str) -> None:
    assert (ROOT / "docs" / "reference" / name).read_text("utf-8") == PAGES[name], "run `make docs`"
