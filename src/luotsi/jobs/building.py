"""From what has landed to a release: load the vault, then marts, segments, measures and suppression."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from luotsi.concepts.reading import County
from luotsi.engine import release, vault
from luotsi.engine.vault import LoadReport

Progress = Callable[[int, int, str], None]
"""(how many are done, of how many, what is being done)"""


@dataclass(frozen=True)
class Built:
    """What a build did: the reports of the loads that were new, and the folder of the release."""

    reports: tuple[LoadReport, ...]
    folder: Path


def build(
    home: Path,
    county: County,
    *,
    first_month: datetime.date | None = None,
    last_month: datetime.date | None = None,
    progress: Progress | None = None,
) -> Built:
    """Loads every landed extract that is not in the vault yet, and releases the measures of all of it."""
    reports = vault.load(home, county, progress=progress)
    folder = release.build(home, county, first_month=first_month, last_month=last_month, progress=progress)
    return Built(tuple(reports), folder)
