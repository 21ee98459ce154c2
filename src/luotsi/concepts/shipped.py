"""Where the county content that comes with Luotsi stands, and how it is opened with a county's own over it."""

from __future__ import annotations

from pathlib import Path

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County, read_county


def shipped() -> Path:
    """The folder of the content that comes with Luotsi: in the package, or beside the sources of a clone."""
    package = Path(__file__).parents[1]
    packed = package / "county"
    return packed if packed.is_dir() else package.parents[1] / "county"


def open_county(overlay: Path | None = None) -> County:
    """The content that comes with Luotsi, with a county's own folder over it. Raises UserError if it cannot be read."""
    county, faults = read_county(*roots(overlay))
    if faults:
        more = f" (and {len(faults) - 1} more; luotsi check lists them)" if len(faults) > 1 else ""
        raise UserError(f"{faults[0]}{more}")
    return county


def roots(overlay: Path | None = None) -> list[Path]:
    """The folders of content in order, later over earlier."""
    return [shipped(), *([overlay] if overlay is not None else [])]
