"""Opens a text file as bytes and finds which encoding it is in. Knows no columns."""

from __future__ import annotations

import gzip
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from luotsi.concepts.errors import UserError

SAMPLE = 1 << 20
BLOCK = 8 << 20
BAD_SHARE = 0.03
MOJIBAKE = re.compile(r"Ã[¤¶¥„–…\x84\x96\x85]")
BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
SAID = {"utf-8": "UTF-8", "latin-1": "Latin-1", "utf-16": "UTF-16"}


def open_bytes(path: Path) -> IO[bytes]:
    """The bytes of a file, decompressed where its name ends in .gz."""
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a file in blocks. Raises UserError where it cannot be read or its compression is cut."""
    try:
        with open_bytes(path) as stream:
            while block := stream.read(BLOCK):
                yield block
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UserError(f"{path} is cut or is no gzip file ({error}). Have it sent anew.") from error
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}. See its place and permissions.") from error


def decode(data: bytes, encoding: str) -> str:
    """Text of bytes; Latin-1 means what Windows writes under that name. Raises UnicodeDecodeError."""
    if encoding != "latin-1":
        return data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def encoding_of(path: Path, wanted: Sequence[str]) -> str:
    """The first of the wanted encodings that a file is in. Raises UserError where it is in none of them."""
    head, samples = _samples(path)
    for mark, encoding in BOMS.items():
        if head.startswith(mark):
            if encoding in wanted:
                return encoding
            raise _refused(path, wanted, f"it begins as {SAID[encoding]}")
    faults: list[str] = []
    for encoding in wanted:
        fault = _fault(samples, encoding)
        if fault is None:
            return encoding
        faults.append(fault)
    raise _refused(path, wanted, "; ".join(faults))


def _refused(path: Path, wanted: Sequence[str], why: str) -> UserError:
    said = " or ".join(SAID.get(each, each) for each in wanted)
    return UserError(
        f"{path} is not {said}: {why}. "
        "Have it sent in the agreed encoding, or add its encoding to format.encoding of the source."
    )


def _samples(path: Path) -> tuple[bytes, list[bytes]]:
    """The first bytes, and whole lines from the start, and of a plain file also from the middle and the end."""
    try:
        with open_bytes(path) as stream:
            first = stream.read(SAMPLE)
            samples = [first if len(first) < SAMPLE else first[: first.rfind(b"\n") + 1] or first]
            size = os.path.getsize(path)
            if path.suffix != ".gz" and size > 4 * SAMPLE:
                for place in (size // 2, size - SAMPLE):
                    stream.seek(place)
                    part = stream.read(SAMPLE)
                    samples.append(part[part.find(b"\n") + 1 : part.rfind(b"\n") + 1])
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UserError(f"{path} is cut or is no gzip file ({error}). Have it sent anew.") from error
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}. See its place and permissions.") from error
    return samples[0][:4], samples


def _fault(samples: list[bytes], encoding: str) -> str | None:
    """Why the samples are not in this encoding, or None. A few bad lines are the fault of those rows."""
    if encoding == "utf-16":
        return "it does not begin with the mark of UTF-16"
    lines = special = bad = twice = 0
    for sample in samples:
        if b"\0" in sample[:1000]:
            return "it holds null bytes, as UTF-16 or a binary file does"
        if sample.isascii():
            lines += sample.count(b"\n") + 1
            continue
        for line in sample.split(b"\n"):
            lines += 1
            if line.isascii():
                continue
            special += 1
            try:
                twice += MOJIBAKE.search(decode(line, encoding)) is not None
            except UnicodeDecodeError:
                bad += 1
    if bad >= 3 and (bad > BAD_SHARE * lines or bad * 2 > special):
        return f"{bad} of its first {lines} lines hold bytes that are not {SAID[encoding]}"
    if twice >= 3 and (twice > BAD_SHARE * lines or twice * 2 > special):
        return f"{twice} of its first {lines} lines hold marks such as Ã¤ for ä, as text of another encoding does"
    return None
