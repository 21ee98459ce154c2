"""Releases: built from the vault, with small cells hidden; asked and explained from their own files."""

from luotsi.engine.release.asking import ask
from luotsi.engine.release.building import build
from luotsi.engine.release.explaining import Explanation, explain
from luotsi.engine.release.store import Release, current, find, releases

__all__ = ["Explanation", "Release", "ask", "build", "current", "explain", "find", "releases"]
