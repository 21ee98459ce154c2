"""The rules of the house that no import contract says: names, sizes, docstrings, what stands where."""

import ast
from collections import deque
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "luotsi"
MODULES = sorted(path for path in SOURCE.rglob("*.py"))
OWN = [path for path in MODULES if not {"tests", "migrations"} & set(path.parts)]
TESTS = [path for path in MODULES if path.name.startswith("test_")]


@cache
def text(path: Path) -> str:
    return path.read_text("utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path))


@cache
def statements(path: Path) -> list[ast.AST]:
    """Every statement of a module, however deep. Most of a module is expressions, which hold none."""
    found, todo = list[ast.AST](), deque[ast.AST](tree(path).body)
    while todo:
        node = todo.popleft()
        found.append(node)
        for part in ("body", "orelse", "handlers", "finalbody", "cases"):
            todo.extend(getattr(node, part, ()))
    return found


@cache
def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in statements(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def against(rule: Callable[[Path], object], paths: Iterable[Path]) -> dict[str, object]:
    """The modules that break a rule, each with what it says of them."""
    return {str(path.relative_to(SOURCE)): found for path in paths if (found := rule(path))}


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or 0) - node.lineno + 1


def test_there_are_modules_to_hold_to_the_rules() -> None:
    assert len(OWN) > 300
    assert len(TESTS) > 100


def test_a_module_is_at_most_about_400_lines() -> None:
    assert not against(lambda path: max(0, len(text(path).splitlines()) - 420), OWN)


def test_a_function_is_at_most_about_50_lines() -> None:
    assert not against(lambda path: [node.name for node in functions(path) if lines(node) > 55], OWN)


def test_a_module_opens_with_what_lives_in_it() -> None:
    assert not against(lambda path: not ast.get_docstring(tree(path)), OWN)


def test_nothing_is_named_for_being_shared() -> None:
    shared = {"utils", "util", "common", "core", "helpers", "helper", "misc", "shared", "base"}
    assert not against(
        lambda path: shared & {part.removesuffix(".py") for part in path.relative_to(SOURCE).parts}, MODULES
    )


def test_nothing_is_imported_inside_a_function() -> None:
    def importing(path: Path) -> list[str]:
        imports = [node.lineno for node in statements(path) if isinstance(node, ast.Import | ast.ImportFrom)]
        return [
            node.name
            for node in functions(path)
            if any(node.lineno <= line <= (node.end_lineno or 0) for line in imports)
        ]

    assert not against(importing, OWN)


def test_the_name_of_a_test_is_a_sentence() -> None:
    def names(path: Path) -> list[str]:
        return [node.name for node in functions(path) if node.name.startswith("test_")]

    assert not against(lambda path: not names(path), TESTS)
    assert not against(lambda path: [name for name in names(path) if name.count("_") < 3], TESTS)


def test_no_error_is_swallowed_in_silence() -> None:
    def silent(path: Path) -> list[int]:
        return [
            node.lineno
            for node in statements(path)
            if isinstance(node, ast.ExceptHandler) and all(isinstance(each, ast.Pass) for each in node.body)
        ]

    assert not against(silent, OWN)


def test_the_median_module_and_function_stay_small() -> None:
    modules = sorted(len(text(path).splitlines()) for path in OWN)
    lengths = sorted(lines(node) for path in OWN for node in functions(path))
    assert modules[len(modules) // 2] <= 160
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
