"""Cuts the bytes of a broken file into records: which can be read, which cannot and why.

The careful way, for files where DuckDB's reader meets a fault: it would drop all that follows a stray quote. Lines that
are a record each and hold no quote, nearly all of most files, are told apart by counting and left whole.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from luotsi.connectors.csv.opening import decode

MOST_LINES = 200
"""A quoted value spans no more lines than this; else its opening quote is taken for a stray one."""


@dataclass(frozen=True)
class Record:
    """One record: its number (heading 1, empty lines counted), its fields, or why it could not be read."""

    line: int
    fields: list[str]
    fault: str | None = None
    raw: str = ""


def lines(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The lines of a file as UTF-8 (or as they are, where they are not in the encoding), without line ends."""
    rest = b""
    if encoding == "utf-16":
        whole = b"".join(blocks)
        blocks = [whole.decode("utf-16", "replace").encode()]
    first = True
    for block in blocks:
        if first:
            block, first = block.removeprefix(BOM_UTF8), False
        parts = (rest + block).split(b"\n")
        rest = parts.pop()
        yield from parts
    if rest:
        yield rest


@dataclass(frozen=True)
class Chunk:
    """Records that follow each other: `plain` ones, each one line of UTF-8 with a value for each column and no quote,
    with their numbers, and `others`."""

    numbers: list[int]
    plain: bytes
    others: list[Record]


def chunks(source: Iterable[bytes], delimiter: str, encoding: str, width: int, most: int) -> Iterator[Chunk]:
    """The records of a file without its heading, `most` at a time. `width`: number of fields each must have."""
    stream, sign, headed = _Ahead(iter(source)), delimiter.encode(), False
    plain, others = dict[int, bytes](), list[Record]()
    for number, line in enumerate(stream, 1):
        body = line.removesuffix(b"\r")
        if not body:
            continue
        if not headed:
            _record(number, line, stream, delimiter, encoding, None)
            headed = True
        elif body.count(sign) == width - 1 and b'"' not in body and b"\r" not in body:
            plain[number] = body
        else:
            others.append(_record(number, line, stream, delimiter, encoding, width))
        if len(plain) + len(others) == most:
            yield _in_utf8(plain, others, delimiter, encoding, width)
            plain, others = {}, []
    if plain or others:
        yield _in_utf8(plain, others, delimiter, encoding, width)


def _in_utf8(plain: dict[int, bytes], others: list[Record], delimiter: str, encoding: str, width: int) -> Chunk:
    """The chunk with its plain lines in UTF-8; those that are not in the encoding of the file are told one by one."""
    whole = b"\n".join(plain.values())
    strict = "cp1252" if encoding == "latin-1" else encoding  # a line that Windows would not write is Latin-1 by itself
    text = None if BOM_UTF8 in whole else _text(whole, strict)
    if text is not None:
        return Chunk([*plain], text.encode(), others)
    texts = {number: _text(line, encoding) for number, line in plain.items()}
    sound = {number: text for number, text in texts.items() if text is not None}
    aside = plain.keys() - sound.keys()
    others += [_record(each, plain[each], _Ahead(iter(())), delimiter, encoding, width) for each in aside]
    others.sort(key=lambda each: each.line)
    return Chunk([*sound], "\n".join(sound.values()).encode(), others)


def records(source: Iterable[bytes], delimiter: str, encoding: str, width: int | None) -> Iterator[Record]:
    """The records of a file, the heading too. `width`: number of fields each must have; None takes any."""
    stream = _Ahead(iter(source))
    for number, line in enumerate(stream, 1):
        if line.removesuffix(b"\r"):
            yield _record(number, line, stream, delimiter, encoding, width)


def _record(number: int, line: bytes, stream: _Ahead, delimiter: str, encoding: str, width: int | None) -> Record:
    """The record that begins with a line that is not empty; takes from the stream what else belongs to it."""
    body = line.removesuffix(b"\r")
    raw = _text(body, encoding)
    if raw is None:
        return Record(number, [], "bytes that are not in the encoding of the file", body.decode("latin-1"))
    fields, fault = _split(raw, delimiter) if '"' in raw else (raw.split(delimiter), None)
    if fault == OPEN:
        ended = "\r" * (len(line) - len(body))  # within quotes it is a part of the value
        fields, fault, raw = _joined(stream, raw + ended, delimiter, encoding)
    if fault is None and "\r" in raw and '"' not in raw:
        fault = "a line break within the row"
    if fault is None and width is not None:
        while len(fields) > width and not fields[-1]:
            fields.pop()  # as DuckDB's reader does: delimiters at the end that hold nothing lose nothing
    if fault is None and width is not None and len(fields) != width:
        fault = f"{len(fields)} columns where the heading has {width}"
    return Record(number, fields, fault, raw)


OPEN = "a quote that is never closed"


def _joined(stream: _Ahead, raw: str, delimiter: str, encoding: str) -> tuple[list[str], str | None, str]:
    """Goes on with the lines that follow while a quote is open; takes none of them where it never closes well."""
    whole = raw
    for taken, line in enumerate(stream.peek(MOST_LINES), 1):
        more = _text(line, encoding)
        if more is None:
            break
        whole = f"{whole}\n{more}"
        if '"' not in more:
            continue
        fields, fault = _split(whole.removesuffix("\r"), delimiter)
        if fault is None:
            stream.skip(taken)
            return fields, None, whole
        if fault != OPEN:
            break
    return [], OPEN, raw.removesuffix("\r")


def _split(raw: str, delimiter: str) -> tuple[list[str], str | None]:
    """The fields of a record with quotes, or what is wrong with it. Two quotes within quotes are one."""
    fields: list[str] = []
    place = 0
    while True:
        if raw.startswith('"', place):
            end = _closing(raw, place + 1)
            if end is None:
                return fields, OPEN
            fields.append(raw[place + 1 : end].replace('""', '"'))
            place = end + 1
            if place == len(raw):
                return fields, None
            if not raw.startswith(delimiter, place):
                return fields, "characters after a closing quote"
        else:
            end = raw.find(delimiter, place)
            if end < 0:
                fields.append(raw[place:])
                return fields, None
            fields.append(raw[place:end])
            place = end
        place += len(delimiter)


def _closing(raw: str, place: int) -> int | None:
    while (end := raw.find('"', place)) >= 0:
        if not raw.startswith('"', end + 1):
            return end
        place = end + 2
    return None


def _text(line: bytes, encoding: str) -> str | None:
    try:
        return decode(line, "utf-8" if encoding == "utf-16" else encoding)
    except UnicodeDecodeError:
        return None


class _Ahead:
    """Lines of which the next ones can be seen before they are taken."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source = source
        self._seen: list[bytes] = []

    def __iter__(self) -> Iterator[bytes]:
        while True:
            if self._seen:
                yield self._seen.pop(0)
                continue
            line = next(self._source, None)
            if line is None:
                return
            yield line

    def peek(self, most: int) -> Iterator[bytes]:
        for place in range(most):
            if place == len(self._seen):
                line = next(self._source, None)
                if line is None:
                    return
                self._seen.append(line)
            yield self._seen[place]

    def skip(self, count: int) -> None:
        del self._seen[:count]
