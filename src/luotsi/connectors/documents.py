"""Finds the JSON documents of files and folders, one after another, for the readers of service directories.

What a document means is each reader's own.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from luotsi.concepts.errors import UserError
from luotsi.connectors.entries import Delivery

SUFFIXES = (".json", ".json.gz", ".ndjson", ".jsonl")
LISTS = ("itemList", "contents", "items", "results", "data")
"""Under which names the pages of interfaces hold their entries."""

Document = dict[str, Any]


def files(paths: Iterable[Path], suffixes: tuple[str, ...] = SUFFIXES) -> Iterator[Path]:
    """The files of paths, folders opened, in order of name. Raises UserError where a path leads nowhere."""
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.name.endswith(suffixes) and each.is_file())
        elif path.is_file():
            yield path
        else:
            raise UserError(f"{path} is not there. Give the path of a file or of a folder.")


def documents(path: Path, into: Delivery) -> Iterator[Document]:
    """The objects of one file: itself, those of its list, of its page, or one a line. A broken file is a fault."""
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = data.decode("utf-8-sig")
        lines = path.suffix in (".ndjson", ".jsonl")
        found: Any = [json.loads(line) for line in text.splitlines() if line.strip()] if lines else json.loads(text)
    except UnicodeDecodeError:
        into.fault(path.name, "The file is not UTF-8 and was left out. Have it sent anew.")
    except (OSError, EOFError, zlib.error) as error:
        into.fault(path.name, f"The file cannot be read ({error}) and was left out. Have it sent anew.")
    except (ValueError, RecursionError) as error:
        into.fault(path.name, f"The file is not JSON ({error}) and was left out. Have it sent anew.")
    else:
        yield from _objects(found, path, into)


def _objects(found: Any, path: Path, into: Delivery) -> Iterator[Document]:
    if isinstance(found, dict):
        page = cast(Document, found)
        held = next((page[name] for name in LISTS if isinstance(page.get(name), list)), None)
        found = [page] if held is None else held
    if not isinstance(found, list):
        into.fault(path.name, "The file holds neither an entry nor a list of entries and was left out.")
        return
    for place, each in enumerate(cast("list[Any]", found), 1):
        if isinstance(each, dict):
            yield cast(Document, each)
        else:
            into.fault(path.name, f"Item {place} is no entry but {type(each).__name__} and was left out.")
