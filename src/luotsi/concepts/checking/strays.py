"""Finds files in a county's folders that nothing reads, so that no definition is left out in silence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from luotsi.concepts.checking.judge import suggestion
from luotsi.concepts.needs import LEARNED
from luotsi.concepts.reading import KINDS, County, Fault

FOLDERS = (*KINDS, "codes", "gaps", "forecasts", "forms", "pathways")
"""What a county's folder can hold."""

TEXTS = (".md", ".txt")
"""Files that speak to people may stand anywhere."""


def strays(county: County) -> Iterator[Fault]:
    """A fault for each folder, definition and table that nothing reads."""
    for root in county.roots:
        for path in sorted(root.glob("*")) if root.is_dir() else ():
            if path.is_dir() and not path.name.startswith("."):
                yield from _folder(county, path)
            elif path.suffix not in TEXTS and not path.name.startswith("."):
                yield Fault(
                    str(path), 1, f"nothing reads {path.name} here", f"Put it in {', '.join((*KINDS, 'codes'))}"
                )


def _folder(county: County, folder: Path) -> Iterator[Fault]:
    if folder.name not in FOLDERS:
        yield Fault(str(folder), 1, f"there is no content named {folder.name}", suggestion(folder.name, FOLDERS))
    elif folder.name == "codes":
        yield from _codes(county, folder)
    elif folder.name in KINDS:
        for path in sorted(folder.rglob("*")):
            read = path.suffix == ".yaml" and path.parent == folder
            read = read or (folder.name == "areas" and path.suffix == ".geojson" and path.stem in county.areas)
            read = read or (folder.name == "needs" and path.name == LEARNED)
            if path.is_file() and not read and path.suffix not in TEXTS:
                what = f"nothing reads {path.relative_to(folder.parent)}"
                yield Fault(str(path), 1, what, f"Name it {folder.name}/<name>.yaml")


def _codes(county: County, folder: Path) -> Iterator[Fault]:
    for path in sorted(folder.glob("*")):
        if path.is_file() and path.suffix not in TEXTS:
            what = f"nothing reads {path.relative_to(folder.parent)}"
            yield Fault(str(path), 1, what, "Put it in a folder of its list: codes/<list>/codes.csv")
        elif path.is_dir() and not (path / "codes.yaml").exists():
            what = f"the list {path.name} has no codes.yaml"
            yield Fault(str(path), 1, what, "Add codes.yaml: name, label, version, source, licence")
        elif path.is_dir() and path.name not in county.codes:
            what = f"the folder is named {path.name} but holds no list of that name"
            yield Fault(str(path / "codes.yaml"), 1, what, "Give the folder the name of its list")
