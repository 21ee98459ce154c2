"""How every benchmark times a command and keeps its figures: whole processes, by turns, one form of `results.json`.

What is compared, with which data, and whether results are equal is said by each folder's own script; the table that is
made of the files is written by `benchmarks/run.py`.

A script of a folder puts `benchmarks/` on its path, takes `--quick` (tiny sizes, nothing kept), and ends with `keep`.
"""

from __future__ import annotations

import datetime
import hashlib
import importlib.metadata
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
LOAD_BEFORE = os.getloadavg()[0]
ENVS = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "luotsi-benchmarks"


class Taken(NamedTuple):
    """Wall seconds, CPU seconds (user and system, of all processes) and the most memory of one process, in MiB."""

    wall: float
    cpu: float
    peak_mib: float


Spread = tuple[float, float, float]
"""Least, median and most."""


@dataclass(frozen=True)
class Figure:
    """What one way took for one step at one size; `note` says what is counted when it is not the whole process."""

    way: str
    size: str
    step: str
    wall: Spread
    cpu: Spread
    peak: Spread
    runs: int = 1
    note: str = ""

    @classmethod
    def of(cls, way: str, size: str, step: str, taken: Iterable[Taken], note: str = "") -> Figure:
        """The figure of several runs."""
        runs = list(taken)
        return cls(way, size, step, *map(spread, zip(*runs, strict=True)), runs=len(runs), note=note)


def spread(values: Iterable[float]) -> Spread:
    """Least, median and most, to the thousandth."""
    held = sorted(values)
    return round(held[0], 3), round(statistics.median(held), 3), round(held[-1], 3)


def timed(command: list[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Taken:
    """What a command takes as a whole process, with the children it waits for; `env` is added to ours.

    Its output goes to a file and is shown when it fails (SystemExit). Memory is that of the largest single process.
    """
    with tempfile.TemporaryDirectory() as name:
        told, output = Path(name) / "taken", Path(name) / "output"
        # A process begins with the peak memory of the one that starts it: a small one stands between.
        between = [sys.executable, "-I", "-S", "-c", BETWEEN, str(told), str(output), *map(str, command)]
        subprocess.run(between, check=True, stdin=subprocess.DEVNULL, cwd=cwd, env={**os.environ, **(env or {})})
        status, wall, cpu, peak = json.loads(told.read_text())
        if status:
            last = output.read_text("utf-8", "replace")[-4000:]
            raise SystemExit(f"{' '.join(map(str, command))} ended with {status}:\n{last}")
    return Taken(wall, cpu, peak)


BETWEEN = """
import ctypes, os, sys, time
told, output, *command = sys.argv[1:]
if sys.platform == "linux":  # what the command leaves running when it ends (Spark's Java) is waited for here
    ctypes.CDLL(None).prctl(36, 1)
began = time.monotonic()
child = os.fork()
if not child:
    sink = os.open(output, os.O_WRONLY | os.O_CREAT)
    os.dup2(sink, 1), os.dup2(sink, 2)
    try:
        os.execvp(command[0], command)
    except OSError as fault:
        os.write(2, str(fault).encode())
        os._exit(127)
cpu = peak = 0
while True:
    try:
        pid, status, used = os.wait4(-1, 0)
    except ChildProcessError:
        break
    cpu += used.ru_utime + used.ru_stime
    peak = max(peak, used.ru_maxrss / (1048576 if sys.platform == "darwin" else 1024))
    if pid == child:
        wall, code = time.monotonic() - began, os.waitstatus_to_exitcode(status)
with open(told, "w") as file:
    file.write(f"[{code}, {wall}, {cpu}, {peak}]")
"""


def within(work: Callable[[], object]) -> Taken:
    """What work takes inside this process, without its start; the memory is the peak of the process so far."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1048576 if sys.platform == "darwin" else 1024)
    return Taken(time.perf_counter() - wall, time.process_time() - cpu, peak)


def interleaved(ways: Mapping[str, Callable[[], Taken]], times: int, warm_up: int = 1) -> dict[str, list[Taken]]:
    """Runs the ways by turns, A B A B, so that all meet the same machine; warm-up rounds are not counted.

    Within a round the order is that of `ways`, so a later step may build on an earlier one.
    """
    found: dict[str, list[Taken]] = {name: [] for name in ways}
    for turn in range(-warm_up, times):
        for name, way in ways.items():
            taken = way()
            if turn >= 0:
                found[name].append(taken)
            label = f"run {turn + 1}" if turn >= 0 else "warm-up"
            print(f"{name}, {label}: {taken.wall:.2f} s, {taken.cpu:.2f} CPU s, {taken.peak_mib:.0f} MiB", flush=True)
    return found


def keep(folder: Path, question: str, figures: list[Figure], *, quick: bool = False) -> None:
    """Prints the table of a run and writes `results.json` into the folder; a quick run is printed only."""
    head = {"question": question, **circumstances()}
    rows = [asdict(each) for each in figures]
    print(f"\n{table({'figures': rows})}")
    if not quick:
        lines = [f'"{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in head.items()]
        lines.append('"figures": [\n' + ",\n".join(json.dumps(each, ensure_ascii=False) for each in rows) + "\n]")
        (folder / "results.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def circumstances() -> dict[str, object]:
    """When, of which commit and on what machine a run was made."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "date": datetime.date.today().isoformat(),
        "commit": commit(),
        "machine": {
            "cpu": processor(),
            "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
            "memory_gib": round(memory, 1),
            "python": platform.python_version(),
            "duckdb": importlib.metadata.version("duckdb"),
        },
        "load_before": round(LOAD_BEFORE, 2),
    }


def commit() -> str:
    """The short name of the commit, with a `+` where code or content differ from it; empty without git."""
    git = ["git", "-C", str(ROOT)]
    head = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    if head.returncode:
        return ""
    changed = subprocess.run(
        [*git, "status", "--porcelain", "--", "src", "county", "benchmarks/**/*.py"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "")


def processor() -> str:
    """The name of the processor, as the system tells it."""
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text("utf-8", "replace").splitlines() if listed.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def table(whole: Mapping[str, object]) -> str:
    """The figures of one `results.json` as a Markdown table: median (least to most), CPU beside the first way's."""
    figures = [Figure(**each) for each in whole["figures"]]  # type: ignore[attr-defined]
    lines = [
        "| size | step | way | wall s | CPU s | peak MiB | CPU, times the first way | runs |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    first: dict[tuple[str, str], float] = {}
    for each in figures:
        beside = first.setdefault((each.size, each.step), each.cpu[1])
        ratio = f"{each.cpu[1] / beside:.2f}" if beside else ""
        cells = (shown(each.wall, 2), shown(each.cpu, 2), shown(each.peak, 0))
        way = f"{each.way} ({each.note})" if each.note else each.way
        lines.append(f"| {each.size} | {each.step} | {way} | {' | '.join(cells)} | {ratio} | {each.runs} |")
    return "\n".join(lines)


def shown(values: Spread, places: int) -> str:
    """Median (least to most); the one value where all are equal."""
    least, middle, most = (f"{each:,.{places}f}" for each in values)
    return middle if least == most else f"{middle} ({least} to {most})"


def environment(name: str, requirements: Path, envs: Path = ENVS) -> Path:
    """The Python of a virtual environment with exactly these requirements: made once, then found again."""
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = envs.expanduser().resolve() / f"{name}-{digest}"
    python = folder / "bin" / "python"
    if (folder / "complete").exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    own = ROOT / ".venv-uv" / "bin" / "uv"
    if uv := shutil.which("uv") or (str(own) if own.exists() else None):
        make = [uv, "venv", "--quiet", "--python", sys.executable, str(folder)]
        fill = [uv, "pip", "install", "--quiet", "--python", str(python), "-r", str(requirements)]
    else:
        make = [sys.executable, "-m", "venv", str(folder)]
        fill = [str(python), "-m", "pip", "install", "--quiet", "-r", str(requirements)]
    for command in (make, fill):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"The environment {name} could not be made:\n{done.stdout[-4000:]}")
    (folder / "complete").touch()
    return python
