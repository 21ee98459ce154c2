"""How time and memory grow with the county: each step as a process of its own, from 10,000 residents up.

python benchmarks/growth/run.py [--residents 10000,30000,100000] [--years 2024..2024] [--times 1] [--folder DIR]
"""

from __future__ import annotations

import argparse
import math
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
from timing import Figure, Taken, interleaved, keep, timed

HERE = Path(__file__).parent
QUESTION = "How do time and memory of each step grow with the number of residents?"
LUOTSI = str(Path(sys.executable).with_name("luotsi"))
SYNTH, LAND, LOAD, RELEASE = "synth", "land (a command a source)", "load", "release"
STEPS = (SYNTH, LAND, LOAD, RELEASE)


def one(residents: int, given: argparse.Namespace) -> list[Figure]:
    """The figures of each step for one size, in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        extracts, home = Path(name) / "extracts", Path(name) / "home"

        def synth() -> Taken:
            for each in (extracts, home):
                shutil.rmtree(each, ignore_errors=True)
            size = ["--residents", str(residents), "--years", given.years, "--extracts", "year"]
            return timed([LUOTSI, "synth", str(extracts), *size])

        def land() -> Taken:
            sources = sorted({path.name.split("_")[0] for path in extracts.glob("*_*") if path.suffix != ".json"})
            each = [timed([LUOTSI, "land", source, str(extracts), "--home", str(home)]) for source in sources]
            return Taken(sum(a.wall for a in each), sum(a.cpu for a in each), max(a.peak_mib for a in each))

        ways = {
            SYNTH: synth,
            LAND: land,
            LOAD: lambda: timed([LUOTSI, "load", "--home", str(home)]),
            RELEASE: lambda: timed([LUOTSI, "release", "--home", str(home)]),
        }
        # A whole large county is too long to be run for nothing: one run has no warm-up.
        runs = interleaved(ways, given.times, warm_up=int(given.times > 1))
    return [Figure.of("Luotsi", f"{residents:,} residents", step, runs[step]) for step in STEPS]


def exponent(sizes: list[int], values: list[float]) -> float:
    """The slope of log value over log size by least squares: 1 is proportional growth."""
    x, y = [math.log(each) for each in sizes], [math.log(max(each, 1e-9)) for each in values]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum((a - mean_x) ** 2 for a in x)


def with_exponents(found: dict[int, list[Figure]]) -> list[Figure]:
    """All figures; those of the largest size say how their step has grown up to it."""
    sizes = sorted(found)
    largest = found[sizes[-1]]
    if len(sizes) > 1:
        noted: list[Figure] = []
        for place, last in enumerate(largest):
            mine = [found[size][place] for size in sizes]
            cpu, memory = (exponent(sizes, of) for of in ([f.cpu[1] for f in mine], [f.peak[1] for f in mine]))
            noted.append(replace(last, note=f"exponents: CPU {cpu:.2f}, memory {memory:.2f}"))
        largest = noted
    return [*(figure for size in sizes[:-1] for figure in found[size]), *largest]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", default="10000,30000,100000,300000,1000000")
    parser.add_argument("--years", default="2024..2024")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where extracts and homes are for the time of the run")
    parser.add_argument("--quick", action="store_true", help="1,000 and 2,000 residents, nothing kept")
    given = parser.parse_args()
    sizes = [1000, 2000] if given.quick else sorted(int(each) for each in given.residents.split(","))
    found: dict[int, list[Figure]] = {}
    for size in sizes:
        found[size] = one(size, given)
        keep(HERE, QUESTION, with_exponents(found), quick=given.quick)


if __name__ == "__main__":
    main()
