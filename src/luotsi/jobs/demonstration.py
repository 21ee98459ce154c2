"""The demonstration county: synthetic extracts written and landed in an empty home, as a county's own would be."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from luotsi import synth
from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.engine import lake
from luotsi.jobs import landing
from luotsi.jobs.landing import Landed

RESIDENTS = 4_000
SEED = 1
YEARS = (2020, 2024)
FOLDER = "demonstration"
"""The folder of a home where the extracts lie as they would be sent."""

Progress = Callable[[int, int, str], None]
"""(how many are done, of how many, what is being done)"""


@dataclass(frozen=True)
class Shown:
    """What was written and landed: rows that landed, rows in quarantine, files refused."""

    folder: Path
    files: int
    rows: int
    quarantined: int
    refused: tuple[Landed, ...]


def is_empty(home: Path) -> bool:
    """Whether nothing has landed in a home yet."""
    return not lake.manifests(home)


def demonstrate(
    home: Path,
    county: County,
    *,
    residents: int = RESIDENTS,
    seed: int = SEED,
    years: tuple[int, int] = YEARS,
    progress: Progress | None = None,
) -> Shown:
    """Writes a synthetic county's extracts into the home and lands all of them.

    Killed at any point, it starts again from whole extracts. Raises UserError when the home holds other data.
    """
    folder = home / FOLDER
    if not is_empty(home) and not folder.is_dir():
        raise UserError(f"{home} already holds a county's data. Give an empty folder with --home.")
    if not folder.is_dir():
        _write(folder, county, residents, seed, years, progress)
    landed: list[Landed] = []
    names = [name for name in sorted(county.sources) if any(folder.glob(f"{name}_*"))]
    for place, name in enumerate(names):
        if progress is not None:
            progress(place, len(names), f"landing {name}")
        landed += landing.land(home, county, name, [str(folder / f"{name}_*")])
    manifests = [manifest for each in landed for manifest in each.manifests]
    return Shown(
        folder,
        len(landed),
        sum(each.rows_landed for each in manifests),
        sum(each.rows_quarantined for each in manifests),
        tuple(each for each in landed if each.error),
    )


def _write(
    folder: Path, county: County, residents: int, seed: int, years: tuple[int, int], progress: Progress | None
) -> None:
    """The extracts appear by one rename, so that half of them are never taken for all."""
    making = folder.with_name(f".{folder.name}")
    shutil.rmtree(making, ignore_errors=True)
    making.parent.mkdir(parents=True, exist_ok=True)

    def written(done: int, total: int) -> None:
        if progress is not None:
            progress(done, total, "writing extracts")

    synth.write(making, county, residents=residents, seed=seed, years=years, progress=written)
    making.rename(folder)
