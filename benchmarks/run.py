"""Remakes the table of benchmarks/README.md: runs each folder's script, one after another, and writes what they kept.

    .venv/bin/python benchmarks/run.py [--only vault_load,...] [--quick] [--pass vault_load='--automate-dv FOLDER']

How a figure is taken is said in `timing.py`, what is compared in each folder. `--table` only writes the table anew.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
from pathlib import Path

from timing import table

HERE = Path(__file__).parent
README = HERE / "README.md"
BEGIN, END = "<!-- figures: written by benchmarks/run.py -->", "<!-- end of figures -->"
ALONE = ("answering", "desk", "directory_search", "forms_conformance")
"""Folders whose scripts need something that a run cannot make: they are run by themselves, as their README says."""


def folders() -> list[str]:
    """The folders that take part, by name."""
    return sorted(path.parent.name for path in HERE.glob("*/run.py") if path.parent.name not in ALONE)


def section(folder: Path) -> str:
    """What one folder's `results.json` says: the question, when and where it was run, the figures."""
    whole = json.loads((folder / "results.json").read_text("utf-8"))
    machine = whole["machine"]
    kept = (
        f"{whole['date']}, commit {whole['commit']}; {machine['cores']} cores ({machine['cpu']}), "
        f"{machine['memory_gib']:.0f} GiB, Python {machine['python']}, DuckDB {machine['duckdb']}; "
        f"load average before {whole['load_before']:.1f}."
    )
    heading = f"### [{folder.name}]({folder.name}/README.md): {whole['question']}"
    return f"{heading}\n\n{kept}\n\n{table(whole)}\n"


def written(text: str) -> str:
    """The README with its figures made anew from the files. Raises ValueError when the marks are missing."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    sections = [section(path.parent) for path in sorted(HERE.glob("*/results.json"))]
    return "\n\n".join([before + BEGIN, *(each.strip() for each in sections), END + after])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="names of folders, with commas between (default: all)")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that all run; nothing is kept")
    parser.add_argument("--pass", dest="passed", action="append", default=[], metavar="FOLDER='ARGUMENTS'")
    parser.add_argument("--table", action="store_true", help="run nothing; write the table from what is kept")
    given = parser.parse_args()
    more = {name: shlex.split(words) for name, _, words in (each.partition("=") for each in given.passed)}
    names = given.only.split(",") if given.only else folders()
    if unknown := {*names, *more} - {*folders()}:
        print(f"No benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(folders())}", file=sys.stderr)
        return 1
    failed: list[str] = []
    for name in () if given.table else names:
        print(f"== {name}", flush=True)
        command = [
            sys.executable,
            str(HERE / name / "run.py"),
            *(["--quick"] if given.quick else ()),
            *more.get(name, ()),
        ]
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
    if not given.quick:
        README.write_text(written(README.read_text("utf-8")), "utf-8")
    if failed:
        print(f"Failed: {', '.join(failed)}. Their figures are what they were before.", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    raise SystemExit(main())
