"""The lake: extracts as they were sent, landed once, whole or not at all; who people are stands in `identity` alone."""

from luotsi.engine.lake.landing import land
from luotsi.engine.lake.manifest import Manifest, manifests

__all__ = ["Manifest", "land", "manifests"]
