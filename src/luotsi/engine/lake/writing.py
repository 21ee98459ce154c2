"""Writes one reading into a folder: open rows, quarantine, and the encrypted files. Publishes nothing."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from luotsi.concepts.privacy import LandingColumns
from luotsi.engine.lake.joined import Joined
from luotsi.engine.lake.readings import Readable
from luotsi.engine.lake.streamed import Streamed
from luotsi.engine.lake.written import BrokenError, Places, Written


def write(reading: Readable, columns: LandingColumns, systems: Mapping[str, str], key: bytes, to: Places) -> Written:
    """Writes a reading; where it is broken, by its careful twin. `systems`: identifier column -> system, resolved."""
    careful = reading.careful
    try:
        return _once(reading, columns, systems, key, to)
    except (BrokenError, duckdb.Error, pa.ArrowException, OSError):
        if careful is None:
            raise
    return _once(careful(), columns, systems, key, to)


def _once(reading: Readable, columns: LandingColumns, systems: Mapping[str, str], key: bytes, to: Places) -> Written:
    way = Joined if reading.first_line is None else Streamed
    return way(reading, columns, systems, key, to).run()
