"""Tells from the first bytes of each line whether NDJSON holds one type of resource.

Reads no JSON: a line may yet be broken.
"""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path

LINE = 16 * 1024 * 1024
"""Bytes of the longest line of a file that is told uniform: what a typed reading takes."""
START = re.compile(rb'\{[ \t]*"resourceType"[ \t]*:[ \t]*"([A-Za-z]+)"')


def uniform(path: Path) -> str | None:
    """The type of every line of a file; None where a line starts otherwise than the first, or ends otherwise.

    A sender writes resourceType first and always alike; one that does not is asked line by line (`documents.find`).
    """
    if not path.name.removesuffix(".gz").endswith((".ndjson", ".jsonl")):
        return None
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb", buffering=1 << 20) as stream:
            first = stream.readline(LINE)
            start = START.match(first)
            if start is None or start[1] == b"Bundle" or b"\r" in first:
                return None
            whole = start[0]
            while line := stream.readline(LINE):
                if not line.startswith(whole) or b"\r" in line:
                    return None
    except (OSError, EOFError, zlib.error):
        return None  # the careful reading says what is wrong with the file
    return start[1].decode()
