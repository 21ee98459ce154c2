"""Luotsi in a notebook: `luotsi.open(home).ask("contacts", by=["month"])` gives an Arrow table."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from luotsi.concepts.reading import County
from luotsi.concepts.shipped import open_county
from luotsi.engine import release
from luotsi.engine.release import Explanation


class Luotsi:
    """An open home. Every question reads the release that was current when it was asked, unless another is named."""

    def __init__(self, home: Path, overlay: Path | None = None) -> None:
        self.home = home
        self._overlay = overlay

    def __repr__(self) -> str:
        return f"luotsi.open({str(self.home)!r})"

    @cached_property
    def county(self) -> County:
        """The county content, with the county's own over ours."""
        return open_county(self._overlay)

    @property
    def release(self) -> str:
        """The id of the current release. Raises UserError when there is none."""
        return release.find(self.home).name

    def releases(self) -> list[str]:
        """The ids of all releases, oldest first."""
        return [each.name for each in release.releases(self.home)]

    def ask(
        self,
        measure: str,
        by: Sequence[str] = (),
        *,
        period: str | None = None,
        where: str | Iterable[str] | Mapping[str, str] | None = None,
        release: str | None = None,
        as_of: datetime.date | None = None,
    ) -> pa.Table:
        """The results of a measure, as `luotsi ask`: measure, period, the dimensions, numerator, denominator, value,
        n, suppressed. Raises UserError when what is asked is not published.
        """
        county = self.county if as_of is not None else None
        return ask(self.home, county, measure, by=by, period=period, where=where, release=release, as_of=as_of)

    def explain(self, measure: str) -> Explanation:
        """What a measure means, its SQL, and the loads and sources that its number rests on."""
        return release.explain(self.home, self.county, measure)

    def measures(self) -> pa.Table:
        """Every measure of the current release (of the county before the first): name, labels, unit, groupings."""
        found = release.current(self.home)
        if found is None:
            records = [each.model_dump(mode="json") for each in self.county.measures.values()]
        else:
            records = [each["record"] for each in found.manifest["definitions"].values()]
        return pa.table(
            {
                "measure": pa.array([each["measure"] for each in records], pa.string()),
                **{
                    language: pa.array([each["label"][language] for each in records], pa.string())
                    for language in ("fi", "sv", "en")
                },
                "unit": pa.array([each["unit"] for each in records], pa.string()),
                "status": pa.array([each["status"] for each in records], pa.string()),
                "dimensions": pa.array([list(each["dimensions"]) for each in records], pa.list_(pa.string())),
                "pairs": pa.array(
                    [[",".join(pair) for pair in each["pairs"]] for each in records], pa.list_(pa.string())
                ),
                "periods": pa.array([list(each["periods"]) for each in records], pa.list_(pa.string())),
            }
        ).sort_by("measure")


ask = release.ask


def open(home: str | Path = "var", county: str | Path | None = None) -> Luotsi:
    """Opens a home (the folder that LUOTSI_HOME names), with a county's own content over ours if given."""
    return Luotsi(Path(home), Path(county) if county is not None else None)
