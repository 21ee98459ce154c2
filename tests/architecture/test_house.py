"""The rules of the house that no import contract says: names, sizes, docstrings, what stands where."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "luotsi"
MODULES = sorted(path for path in SOURCE.rglob("*.py"))
OWN = [path for path in MODULES if not {"tests", "migrations"} & set(path.parts)]
SHORT = {path: str(path.relative_to(SOURCE)) for path in MODULES}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", OWN, ids=SHORT.get)
def test_a_module_is_at_most_about_400_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 420


@pytest.mark.parametrize("path", OWN, ids=SHORT.get)
def test_a_function_is_at_most_about_50_lines(path: Path) -> None:
    long = [node.name for node in functions(path) if (node.end_lineno or 0) - node.lineno + 1 > 55]
    assert not long


@pytest.mark.parametrize("path", OWN, ids=SHORT.get)
def test_a_module_opens_with_what_lives_in_it(path: Path) -> None:
    assert ast.get_docstring(tree(path))


@pytest.mark.parametrize("path", MODULES, ids=SHORT.get)
def test_nothing_is_named_for_being_shared(path: Path) -> None:
    parts = {part.removesuffix(".py") for part in path.relative_to(SOURCE).parts}
    assert not parts & {"utils", "util", "common", "core", "helpers", "helper", "misc", "shared", "base"}


@pytest.mark.parametrize("path", OWN, ids=SHORT.get)
def test_nothing_is_imported_inside_a_function(path: Path) -> None:
    inside = [
        node.name
        for node in functions(path)
        if any(isinstance(child, ast.Import | ast.ImportFrom) for child in ast.walk(node))
    ]
    assert not inside


@pytest.mark.parametrize("path", [p for p in MODULES if p.name.startswith("test_")], ids=SHORT.get)
def test_the_name_of_a_test_is_a_sentence(path: Path) -> None:
    names = [node.name for node in functions(path) if node.name.startswith("test_")]
    assert names
    assert not [name for name in names if name.count("_") < 3]


@pytest.mark.parametrize("path", OWN, ids=SHORT.get)
def test_no_error_is_swallowed_in_silence(path: Path) -> None:
    silent = [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and all(isinstance(each, ast.Pass) for each in node.body)
    ]
    assert not silent


def test_the_median_module_and_function_stay_small() -> None:
    lines = sorted(len(path.read_text("utf-8").splitlines()) for path in OWN)
    lengths = sorted((node.end_lineno or 0) - node.lineno + 1 for path in OWN for node in functions(path))
    assert lines[len(lines) // 2] <= 160
    assert lengths[len(lengths) // 2] <= 16


def test_county_content_holds_no_python() -> None:
    assert not list((ROOT / "county").rglob("*.py"))


def test_a_connector_has_a_reader_a_readme_and_tests() -> None:
    folders = [
        path
        for path in (SOURCE / "connectors").iterdir()
        if path.is_dir() and path.name not in ("tests", "__pycache__")
    ]
    for folder in folders:
        assert (folder / "README.md").exists(), f"{folder.name} has no README.md"
        assert list((folder / "tests").glob("test_*.py")), f"{folder.name} has no tests"


def test_a_benchmark_says_its_question_and_its_figures() -> None:
    for folder in (path for path in (ROOT / "benchmarks").iterdir() if path.is_dir() and path.name != "__pycache__"):
        assert (folder / "README.md").exists(), f"{folder.name} has no README.md"
