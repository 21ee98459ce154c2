"""Tells from the first bytes of each line whether NDJSON holds one type of resource.

Reads no JSON: a line may yet be broken.
"""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path

LINE = 16 * 1024 * 1024
"""Bytes of the longest line of a file that is told uniform, give or take a block: what a typed reading takes."""
BLOCK = 1024 * 1024
START = re.compile(rb'\{[ \t]*"resourceType"[ \t]*:[ \t]*"([A-Za-z]+)"')


def uniform(path: Path) -> str | None:
    """The type of every line of a file; None where a line starts otherwise than the first, or ends otherwise.

    A sender writes resourceType first and always alike; one that does not is asked line by line (`documents.find`).
    """
    if not path.name.removesuffix(".gz").endswith((".ndjson", ".jsonl")):
        return None
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            block = stream.read(BLOCK)
            start = START.match(block)
            if start is None or start[1] == b"Bundle":
                return None
            # One search over a whole block is several times faster than a look at each line.
            other = re.compile(rb"\n(?!" + re.escape(start[0]) + rb")")
            held = b"\n"
            while block:
                held += block
                last = held.rfind(b"\n")
                if b"\r" in block or other.search(held, 0, last) or len(held) - last > LINE:
                    return None
                held = held[last:]
                block = stream.read(BLOCK)
            if held != b"\n" and other.search(held):
                return None
    except (OSError, EOFError, zlib.error):
        return None  # the careful reading says what is wrong with the file
    return start[1].decode()
