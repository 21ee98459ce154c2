"""For whom the user of a session acts: chosen once, asked of the mandate again at each request, told on every page.

What mandates are is in mandates.py. A session keeps the mandate's id and nothing of the person.
"""

from __future__ import annotations

import uuid

from django.http import HttpRequest

from luotsi.web.people import mandates
from luotsi.web.people.mandates import Acting
from luotsi.web.people.models import User
from luotsi.web.people.permissions import may

KEY = "acting_by"
"""Key of a session: the mandate by which its user acts now."""
_ASKED = "_acting"


def begin(request: HttpRequest, acting: Acting) -> None:
    """From now on the session acts by a mandate, until `end` or the mandate's end."""
    request.session[KEY] = str(acting.mandate)
    setattr(request, _ASKED, acting)


def end(request: HttpRequest) -> None:
    """From now on the session acts for its own user."""
    request.session.pop(KEY, None)
    setattr(request, _ASKED, None)


def acting(request: HttpRequest) -> Acting | None:
    """For whom the user acts now, None where for themself. Asked of the database once a request."""
    if not hasattr(request, _ASKED):
        setattr(request, _ASKED, _asked(request))
    return getattr(request, _ASKED)


def _asked(request: HttpRequest) -> Acting | None:
    user = getattr(request, "user", None)
    chosen = request.session.get(KEY) if isinstance(user, User) else None
    if chosen is None or not isinstance(user, User) or not may(user, "mandate.use"):
        return None
    return mandates.act_by(by=user, mandate=uuid.UUID(chosen))


def context(request: HttpRequest) -> dict[str, object]:
    """`acting` and the bar that shows it, for every page; nothing where the user acts for themself."""
    found = acting(request)
    return {"acting": found, "acting_bar": "people/acting_bar.html"} if found else {}
