"""Makes made-up residents with sessions in a running house, and tells at the end what they have answered.

`residents.py make COUNT` prints a session key for each; `residents.py told` prints what each completed form holds.
"""

from __future__ import annotations

import json
import sys
import time

import django

django.setup()

from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from luotsi.concepts.identifiers import CHECK  # noqa: E402
from luotsi.web.assessments.models import Response  # noqa: E402
from luotsi.web.people.actions import add_person  # noqa: E402
from luotsi.web.people.models import User  # noqa: E402
from luotsi.web.people.sessions import BACKEND  # noqa: E402


def make(count: int) -> list[str]:
    """A session key for each of so many residents; days of birth run through 1950 to 1976."""
    keys: list[str] = []
    for place in range(count):
        day = f"{place % 28 + 1:02}{place // 28 % 12 + 1:02}{50 + place // 336:02}"
        code = f"{day}-9{place % 90 + 10:02}"
        code += CHECK[int(day + code[7:]) % 31]
        user = User.objects.create_user(None, name=f"Asukas {place}")
        add_person(by=None, code=code, name=user.name, language="fi", municipality="179", user=user)
        session = SessionStore()
        session["_auth_user_id"], session["_auth_user_backend"] = str(user.pk), BACKEND
        session["_auth_user_hash"], session["identified_at"] = user.get_session_auth_hash(), time.time()
        session.create()
        keys.append(str(session.session_key))
    return keys


def told() -> list[list[str]]:
    """The texts of each completed form, by resident: what was kept."""
    rows = Response.objects.filter(completed_at__isnull=False).select_related("person")
    return [[each.person.name, json.dumps(each.kept, default=str)] for each in rows]


if __name__ == "__main__":
    print(json.dumps(make(int(sys.argv[2])) if sys.argv[1] == "make" else told()))
