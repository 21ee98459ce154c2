"""Releases: built from the vault, with small cells hidden; asked and explained from their own files."""

from importlib import import_module
from typing import TYPE_CHECKING

from luotsi.engine.release.store import Release, current, find, releases

if TYPE_CHECKING:
    from luotsi.engine.release.asking import ask
    from luotsi.engine.release.building import build
    from luotsi.engine.release.explaining import Explanation, explain

__all__ = ["Explanation", "Release", "ask", "build", "current", "explain", "find", "releases"]

MODULES = {"ask": "asking", "build": "building", "Explanation": "explaining", "explain": "explaining"}


def __getattr__(name: str) -> object:
    """What needs marts and measures, when first asked for: who reads a release need not wait for them."""
    if name in MODULES:
        return getattr(import_module(f"{__name__}.{MODULES[name]}"), name)
    raise AttributeError(f"module {__name__} has no attribute {name}")
