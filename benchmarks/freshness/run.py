"""Seconds from a new extract of 1,000 rows to a new release: land, load and release, each a process of its own.

python benchmarks/freshness/run.py [--residents 270000] [--years 2024..2024] [--times 5] [--folder DIR]

The home is built first, once: with a folder it is kept there, and found again. Each run then sends rows that are new:
rows as the year has them, under numbers of their own, sent and changed after all that is there.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

sys.path.append(str(Path(__file__).parents[1]))
from timing import Figure, Taken, interleaved, keep, timed

HERE = Path(__file__).parent
QUESTION = "How many seconds are there from a new extract of 1,000 rows to a new release?"
LUOTSI = str(Path(sys.executable).with_name("luotsi"))
ROWS = 1000
STEPS = ("land", "load", "release")
WHOLE = "land, load and release"


class Sent(NamedTuple):
    """A table whose rows are sent anew: what they are, its extract, the columns of their number and their change."""

    what: str
    source: str
    instance: str
    table: str
    number: str
    changed: str
    form: str


SENDS = (
    Sent("contacts", "lifecare", "jyvaskyla", "kaynti", "KAYNTI_ID", "MUUTETTU", "%d.%m.%Y %H:%M"),
    Sent("measurements", "lifecare", "jyvaskyla", "mittaus", "MITTAUS_ID", "MUUTETTU", "%d.%m.%Y %H:%M"),
    Sent("contacts", "pegasos", "seutu", "tapahtuma", "tapnro", "muutosaika", "%Y%m%d %H%M"),
)


class Extracts:
    """Writes new extracts from those of the synthetic county, each ten minutes after the last."""

    def __init__(self, year: Path, new: Path) -> None:
        self.year, self.new = year, new
        self.new.mkdir(parents=True, exist_ok=True)
        # a folder that was used before goes on after the last of its extracts
        self.sent = len([*new.glob("*.csv")])

    def write(self, sent: Sent) -> Path:
        """A new extract of a table."""
        self.sent += 1
        (last,) = sorted(self.year.glob(f"{sent.source}_{sent.instance}_{sent.table}_*.csv"))[-1:]
        told = json.loads(last.with_name(f"{last.name}.manifest.json").read_text("utf-8"))
        moment = datetime.datetime.fromisoformat(told["created_at"]) + datetime.timedelta(minutes=10 * self.sent)
        path = self.new / f"{sent.source}_{sent.instance}_{sent.table}_{moment:%Y%m%d%H%M}_delta.csv"
        with (
            last.open(encoding=told["encoding"], newline="") as old,
            path.open("w", encoding=told["encoding"], newline="") as new,
        ):
            rows = csv.reader(old, delimiter=told["delimiter"])
            head = next(rows)
            writer = csv.writer(new, delimiter=told["delimiter"], lineterminator="\n")
            writer.writerow(head)
            writer.writerows(self._anew(sent, head, rows, moment))
        manifest = {name: told[name] for name in ("source", "instance", "table", "delivery", "encoding", "delimiter")}
        manifest |= {"created_at": moment.isoformat(), "rows": ROWS}
        path.with_name(f"{path.name}.manifest.json").write_text(json.dumps(manifest), "utf-8")
        return path

    def _anew(
        self, sent: Sent, head: list[str], rows: Iterator[list[str]], moment: datetime.datetime
    ) -> Iterator[list[str]]:
        number, changed = head.index(sent.number), head.index(sent.changed)
        stamp = (moment - datetime.timedelta(minutes=5)).strftime(sent.form)
        whole = (row for row in rows if len(row) == len(head))
        for place, row in enumerate(islice(whole, ROWS)):
            row[number] = f"9{self.sent:03}{place:06}"
            row[changed] = stamp
            yield row


def built(folder: Path, residents: int, years: str) -> Path:
    """The extracts of a year and a home where they are released, made unless they are there."""
    extracts, home = folder / "extracts", folder / "home"
    if not (home / "releases" / "current").exists():
        timed([LUOTSI, "synth", str(extracts), "--residents", str(residents), "--years", years, "--extracts", "year"])
        for source in sorted({path.name.split("_")[0] for path in extracts.glob("*_*.csv")}):
            timed([LUOTSI, "land", source, str(extracts), "--home", str(home)])
        for step in ("load", "release"):
            print(f"{step}: {timed([LUOTSI, step, '--home', str(home)])}", flush=True)
    return home


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--residents", type=int, default=270_000)
    parser.add_argument("--years", default="2024..2024")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="keep extracts and home here, and use them again")
    parser.add_argument("--quick", action="store_true", help="3,000 residents, two runs, nothing kept")
    given = parser.parse_args()
    if given.quick:
        given.residents, given.times = 3000, 2
    with tempfile.TemporaryDirectory() as name:
        folder = given.folder or Path(name)
        home = built(folder, given.residents, given.years)
        extracts = Extracts(folder / "extracts", folder / "new")
        parts: dict[str, dict[str, list[Taken]]] = {}

        def fresh(sent: Sent) -> Taken:
            path = extracts.write(sent)
            commands = (["land", sent.source, str(path)], ["load"], ["release"])
            each = [timed([LUOTSI, *command, "--home", str(home)]) for command in commands]
            for step, taken in zip(STEPS, each, strict=True):
                parts.setdefault(title(sent), {}).setdefault(step, []).append(taken)
            return Taken(sum(a.wall for a in each), sum(a.cpu for a in each), max(a.peak_mib for a in each))

        runs = interleaved({title(sent): lambda sent=sent: fresh(sent) for sent in SENDS}, given.times)
    size = f"{given.residents:,} residents, {given.years}"
    figures = [Figure.of(f"Luotsi, {what}", size, WHOLE, taken) for what, taken in runs.items()]
    figures += [
        Figure.of(f"Luotsi, {what}", size, step, found[step][-given.times :])
        for step in STEPS
        for what, found in parts.items()
    ]
    keep(HERE, QUESTION, figures, quick=given.quick)


def title(sent: Sent) -> str:
    """What is sent, as a reader knows it."""
    return f"{ROWS:,} {sent.what} of {sent.source}"


if __name__ == "__main__":
    main()
