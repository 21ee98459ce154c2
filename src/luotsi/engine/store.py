"""Where the lake and the vault lie: in the home, or under the address that LUOTSI_STORE gives, which Spark reads too.

A place at an address has the methods of a Path, by universal_pathlib; credentials and endpoints are those that the
store's own tools take from the environment. Who people are, keys of pseudonyms and releases stay in the home.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
from __future__ import annotations

import os
import re
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar, cast

from luotsi.concepts.errors import UserError

Read = TypeVar("Read")

DRAWN = re.compile(r"\x1b\[[0-9;]*m|↳")
"""Colours and arrows with which Delta's log draws what went wrong."""
AT_ONCE = 16
"""How many files of an object store are asked for side by side: each is slow to begin, not to read."""


def store(home: Path) -> Path:
    """The place of the lake and the vault of a home. Raises UserError for an address that nothing here can reach."""
    address = os.environ.get("LUOTSI_STORE")
    if address and "://" not in address:
        raise UserError(
            f"LUOTSI_STORE is {address}; it is the address of an object store, such as s3a://bucket/county. A folder, "
            "also one that is mounted, is given as LUOTSI_HOME"
        )
    return at(address) if address else home


def at(address: str) -> Path:
    """The place at an address, as `s3a://bucket/folder`, or at a path."""
    if "://" not in address:
        return Path(address)
    try:
        # another process lands meanwhile: what was listed before is not what is there now
        return cast(Path, import_module("upath").UPath(address, use_listings_cache=False))
    except (ImportError, ValueError) as error:
        raise UserError(
            f"{address} cannot be reached from here: {error}. LUOTSI_STORE needs the package of its kind of store "
            "(pip install 'luotsi[spark]' brings that of S3)"
        ) from error


def remote(place: Path) -> bool:
    """Whether a place is no folder of a file system that this machine has mounted."""
    return "://" in str(place)


@contextmanager
def reached(place: Path) -> Generator[None]:
    """Says in a sentence what an object store refused; every kind of store has exceptions of its own."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        if not remote(place):
            raise
        said = " ".join(DRAWN.sub(" ", str(error)).split()) or type(error).__name__
        said = said if len(said) < 400 else f"{said[:120]} … {said[-260:]}"  # what happened, and at last why
        raise UserError(
            f"{place} does not answer as it should: {said}. See LUOTSI_STORE and its credentials"
        ) from error


def read(folder: Path, pattern: str, reader: Callable[[Path, str], Read]) -> list[Read]:
    """What a reader makes of each file of a pattern under a folder.

    It is given the path and a mark that is another one when the file has been written anew.
    """
    if not remote(folder):
        return [reader(path, str(path.stat().st_mtime_ns)) for path in folder.glob(pattern)]
    place: Any = folder
    like = PurePosixPath(pattern)
    fixed = "/".join(takewhile(lambda part: "*" not in part, like.parts[:-1]))
    with reached(folder), ThreadPoolExecutor(AT_ONCE) as pool:
        # a flat list of all that is there: a walk through the folders would ask for each of them
        listed = place.fs.find(f"{place.path}/{fixed}", detail=True)
        there = {PurePosixPath(name).relative_to(place.path): str(told) for name, told in listed.items()}
        paths = [path for path in there if path.match(pattern) and len(path.parts) == len(like.parts)]
        return [*pool.map(reader, (folder / str(path) for path in paths), map(there.__getitem__, paths))]


def put(files: Iterable[Path], folder: Path) -> None:
    """Puts files into a folder of an object store, in that order, each whole or not at all."""
    place: Any = folder
    with reached(folder):
        for file in files:
            place.fs.put_file(str(file), f"{place.path}/{file.name}")
