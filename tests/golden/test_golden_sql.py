"""The SQL of every measure and segment list is the one that was reviewed."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from luotsi.concepts.reading import County, read_county

HERE = Path(__file__).parent
HOW = "run `.venv/bin/python tests/golden/rewrite.py` and read the difference"


@pytest.fixture(scope="module")
def rewrite() -> ModuleType:
    spec = importlib.util.spec_from_file_location("rewrite", HERE / "rewrite.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def county() -> County:
    return read_county(HERE.parents[1] / "county")[0]


def test_the_golden_sql_is_as_fresh_as_content_and_engine(rewrite: ModuleType, county: County) -> None:
    wanted = rewrite.texts(county)
    found = {str(path.relative_to(HERE)): path.read_text("utf-8") for path in HERE.rglob("*.sql")}
    stale = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    assert not stale, f"{', '.join(stale)} are stale; {HOW}"
