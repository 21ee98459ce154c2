"""How time and memory grow with the county: each step as a process of its own, from 10,000 residents up.

`.venv/bin/python benchmarks/growth/run.py [--residents 10000,30000,100000] [--years 2024..2024] [--folder DIR]`
"""

import argparse
import csv
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LUOTSI = str(Path(sys.executable).with_name("luotsi"))
RESULTS = Path(__file__).with_name("results.csv")
STEPS = ("synth", "land", "load", "release")


def timed(*arguments: str) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak memory (MiB) of one command with its children. Raises when it fails."""
    began = time.monotonic()
    process = subprocess.Popen([LUOTSI, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"luotsi {' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def one(residents: int, years: str, folder: Path) -> dict[str, tuple[float, float, float]]:
    """The figures of each step for one size; the folder is emptied afterwards."""
    extracts, home = folder / "extracts", str(folder / "home")
    found = {
        "synth": timed("synth", str(extracts), "--residents", str(residents), "--years", years, "--extracts", "year")
    }
    sources = sorted({path.name.split("_")[0] for path in extracts.glob("*_*") if path.suffix != ".json"})
    landed = [timed("land", source, str(extracts), "--home", home) for source in sources]
    found["land"] = (sum(w for w, _, _ in landed), sum(c for _, c, _ in landed), max(m for _, _, m in landed))
    found["load"] = timed("load", "--home", home)
    found["release"] = timed("release", "--home", home)
    shutil.rmtree(folder)
    return found


def exponent(sizes: list[int], values: list[float]) -> float:
    """The slope of log value over log size by least squares: 1 is proportional growth."""
    x, y = [math.log(each) for each in sizes], [math.log(max(each, 1e-9)) for each in values]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum((a - mean_x) ** 2 for a in x)


def keep(rows: list[tuple[int, str, float, float, int]]) -> None:
    """Writes the results, with those of sizes that were not run this time."""
    with RESULTS.open(newline="") as stream:
        before = [tuple(row) for row in csv.reader(stream)][1:]
    new = {(str(row[0]), row[1]) for row in rows}
    every = sorted([*rows, *(row for row in before if row[:2] not in new)], key=lambda row: int(row[0]))
    with RESULTS.open("w", newline="") as stream:
        csv.writer(stream).writerows([("residents", "step", "wall_s", "cpu_s", "peak_mib"), *every])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", default="10000,30000,100000,300000,1000000")
    parser.add_argument("--years", default="2024..2024")
    parser.add_argument("--folder", default=tempfile.gettempdir())
    given = parser.parse_args()
    sizes = [int(each) for each in given.residents.split(",")]
    rows: list[tuple[int, str, float, float, int]] = []
    for size in sizes:
        figures = one(size, given.years, Path(tempfile.mkdtemp(dir=given.folder)))
        for step in STEPS:
            wall, cpu, memory = figures[step]
            rows.append((size, step, round(wall, 1), round(cpu, 1), round(memory)))
            print(*rows[-1], flush=True)
        keep(rows)
    for step in STEPS if len(sizes) > 1 else ():
        mine = [row for row in rows if row[1] == step]
        powers = [exponent(sizes, [float(row[at]) for row in mine]) for at in (2, 3, 4)]
        print(step, "exponents: wall {:.2f}, cpu {:.2f}, memory {:.2f}".format(*powers))


if __name__ == "__main__":
    main()
