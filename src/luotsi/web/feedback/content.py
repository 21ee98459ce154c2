"""The county's content as this app uses it, read once in the life of a process."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from luotsi.concepts.reading import County
from luotsi.concepts.shipped import open_county


@lru_cache(maxsize=1)
def county() -> County:
    """The content that comes with Luotsi, with the county's own over it."""
    return open_county(settings.OVERLAY)
