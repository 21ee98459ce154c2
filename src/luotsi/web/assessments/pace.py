"""How much anyone may send without signing in: so many answers an hour from one address or one screen.

Counted in the cache of pages, so it forgets by itself and no row tells who sent what.
"""

from __future__ import annotations

import hashlib
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

HOUR = 60 * 60
FROM_ONE_ADDRESS = 30
"""A waiting room and its guests' network are one address; a person answers once or twice."""
AT_ONE_SCREEN = 240


def address(request: HttpRequest) -> str:
    """The address a request came from; behind a proxy that the county trusts, the one that proxy names last."""
    if settings.SECURE_PROXY_SSL_HEADER:
        return request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return request.META.get("REMOTE_ADDR", "")


def too_fast(who: str, most: int) -> bool:
    """Counts one answer more from someone, and says whether that is over what an hour may have."""
    hour = int(time.time() // HOUR)
    key = "pace-" + hashlib.sha256(f"{settings.SECRET_KEY}:{hour}:{who}".encode()).hexdigest()
    cache.add(key, 0, timeout=HOUR)
    return cache.incr(key) > most
