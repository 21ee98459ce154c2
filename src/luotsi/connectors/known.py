"""Which connectors there are, and whether sources name one of them. How a form is read stands in its own folder."""

from __future__ import annotations

import pkgutil
from pathlib import Path

from luotsi.concepts.checking.judge import Judge
from luotsi.concepts.reading import County, Fault


def connectors() -> list[str]:
    """The names of the connectors: the folders beside this module."""
    found = pkgutil.iter_modules([str(Path(__file__).parent)])
    return sorted(each.name for each in found if each.ispkg and each.name != "tests")


def check(county: County) -> list[Fault]:
    """A fault for each source whose connector is not there; the concepts below cannot know connectors."""
    faults: list[Fault] = []
    for name, source in county.sources.items():
        Judge(county, "sources", name, faults).among(("connector",), source.connector, connectors(), "connector")
    return sorted(faults)
