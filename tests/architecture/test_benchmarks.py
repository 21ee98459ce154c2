"""What every benchmark stands on: how a process is timed, and that the table says what the results say."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"


def module(name: str) -> ModuleType:
    spec = spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    made = module_from_spec(spec)
    sys.modules[name] = made  # dataclasses look their module up
    spec.loader.exec_module(made)
    return made


timing = module("timing")


def test_a_process_is_charged_with_the_work_and_memory_of_its_children() -> None:
    work = "import time\nblock = bytearray(150 << 20)\nwhile time.process_time() < 0.3: pass"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}], check=True)"
    taken = timing.timed([sys.executable, "-c", child])
    assert taken.cpu >= 0.3
    assert taken.peak_mib >= 150


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands on what a process leaves running")
def test_a_process_is_charged_with_what_it_leaves_running() -> None:
    work = "import time\nwhile time.process_time() < 0.3: pass"
    left = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {work!r}])"
    assert timing.timed([sys.executable, "-c", left]).cpu >= 0.3


def test_a_process_is_not_charged_with_the_memory_of_the_one_that_starts_it() -> None:
    held = bytearray(200 << 20)
    taken = timing.timed([sys.executable, "-c", "pass"])
    assert len(held) == 200 << 20
    assert taken.peak_mib < 100


def test_a_command_that_fails_stops_the_benchmark_with_what_it_said() -> None:
    with pytest.raises(SystemExit, match=r"(?s)ended with 3.*broken here"):
        timing.timed(["sh", "-c", "echo broken here; exit 3"])


def test_ways_take_turns_and_the_warm_up_is_not_counted() -> None:
    asked: list[str] = []

    def way(name: str) -> object:
        asked.append(name)
        return timing.Taken(float(len(asked)), 0.0, 0.0)

    found = timing.interleaved({"a": lambda: way("a"), "b": lambda: way("b")}, 2)
    assert asked == ["a", "b"] * 3
    assert [each.wall for each in found["b"]] == [4.0, 6.0]


def test_a_quick_run_keeps_nothing_and_a_whole_one_keeps_least_median_and_most(tmp_path: Path) -> None:
    figure = timing.Figure.of("ours", "10 rows", "load", [timing.Taken(wall, 1.0, 50.0) for wall in (3.0, 1.0, 2.0)])
    timing.keep(tmp_path, "How long?", [figure], quick=True)
    assert not list(tmp_path.iterdir())
    timing.keep(tmp_path, "How long?", [figure])
    assert '"wall": [1.0, 2.0, 3.0]' in (tmp_path / "results.json").read_text("utf-8")


def test_the_table_of_benchmarks_says_what_their_results_say() -> None:
    script = module("run")
    readme = (FOLDER / "README.md").read_text("utf-8")
    assert script.written(readme) == readme, "make it anew: .venv/bin/python benchmarks/run.py --table"


def test_every_benchmark_that_takes_part_can_be_tried_quickly() -> None:
    script = module("run")
    without = [name for name in script.folders() if '"--quick"' not in (FOLDER / name / "run.py").read_text("utf-8")]
    assert not without
