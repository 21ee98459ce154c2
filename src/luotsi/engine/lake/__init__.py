"""The lake: extracts as they were sent, landed once, whole or not at all; who people are stands in `identity` alone."""

from importlib import import_module
from typing import TYPE_CHECKING

from luotsi.engine.lake.manifest import Manifest, manifests

if TYPE_CHECKING:
    from luotsi.engine.lake.landing import land

__all__ = ["Manifest", "land", "manifests"]


def __getattr__(name: str) -> object:
    """`land`, when first asked for: who reads manifests need not wait for what landing takes."""
    if name == "land":
        return import_module("luotsi.engine.lake.landing").land
    raise AttributeError(f"module {__name__} has no attribute {name}")
