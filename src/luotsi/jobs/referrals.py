"""Takes referrals of other systems in, for the command line. What a Bundle means stands in the web half."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from luotsi.concepts.errors import UserError
from luotsi.jobs import directory


def take_in(home: Path, overlay: Path | None, unit: str, paths: Sequence[Path]) -> Iterator[tuple[Path, str, bool]]:
    """Takes the Bundle of each file in for a unit: the file, the referral's id, whether it is new.

    Raises UserError at the first file that cannot be: those before it are in, and sent again change nothing.
    """
    if not unit.strip():
        raise UserError("Give the unit whose professionals go on with the referrals: --unit OID.")
    with directory.opened(home, overlay, "en"):
        reading = importlib.import_module("luotsi.web.referrals.fhir.reading")
        actions = importlib.import_module("luotsi.web.referrals.fhir.actions")
        for path in paths:
            if not path.is_file():
                raise UserError(f"There is no file {path}. Give the files of the Bundles.")
            try:
                told = reading.read(reading.parsed(path.read_bytes(), path.name))
                referral, new = actions.take_in(by=None, told=told, unit=unit)
            except UserError as fault:
                raise UserError(f"{path.name}: {fault}") from fault
            yield path, str(referral.pk), new
