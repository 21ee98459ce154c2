"""Tells from the first bytes of each line whether NDJSON holds one type of resource.

Reads no JSON: a line may yet be broken.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Callable
from pathlib import Path

LINE = 16 * 1024 * 1024
"""Bytes of the longest line of a file that is told uniform, give or take a block: what a typed reading takes."""
BLOCK = 256 * 1024
Opened = gzip.GzipFile | io.FileIO
START = re.compile(rb'\{[ \t]*"resourceType"[ \t]*:[ \t]*"([A-Za-z]+)"')


def begins(path: Path) -> str | None:
    """The type of the resource in the first line of NDJSON; None where that starts otherwise, or this is no NDJSON."""
    return _told(path, lambda stream: _type(START.match(stream.read(BLOCK))))


def uniform(path: Path) -> str | None:
    """The type of every line of a file; None where a line starts otherwise than the first, or ends otherwise.

    A sender writes resourceType first and always alike; one that does not is asked line by line (`documents.find`).
    """
    return _told(path, _uniform)


def _told(path: Path, ask: Callable[[Opened], str | None]) -> str | None:
    if not path.name.removesuffix(".gz").endswith((".ndjson", ".jsonl")):
        return None
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb", buffering=0) as stream:
            return ask(stream)
    except (OSError, EOFError, zlib.error):
        return None  # the careful reading says what is wrong with the file


def _type(start: re.Match[bytes] | None) -> str | None:
    return None if start is None or start[1] == b"Bundle" else start[1].decode()


def _uniform(stream: Opened) -> str | None:
    # One piece of memory for all blocks, the unfinished line before each: to join them anew would take twice the time.
    held = bytearray(LINE + BLOCK)
    room = memoryview(held)
    end = stream.readinto(room[:BLOCK])
    start = START.match(bytes(held[:end]))  # of bytes that stay, for it is cut out only when it is asked for
    kind = _type(start)
    if start is None or kind is None:
        return None
    first, kept = start[0], 0
    while kept < end:
        if held.find(b"\r", kept, end) >= 0:
            return None
        line = 0
        while (last := held.find(b"\n", line, end)) >= 0:
            if not held.startswith(first, line):
                return None
            line = last + 1
        kept = end - line
        if kept > LINE:
            return None
        held[:kept] = held[line:end]
        end = kept + stream.readinto(room[kept : kept + BLOCK])
    return kind if not kept or held.startswith(first, 0, kept) else None
