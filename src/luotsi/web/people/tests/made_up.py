"""Makes people for tests: one user for each role, a stranger, residents."""

from __future__ import annotations

import datetime
import time

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils.crypto import get_random_string

from luotsi.web.people.actions import add_person, begin_care
from luotsi.web.people.models import Membership, Person, SignIn, User
from luotsi.web.people.permissions import IDENTIFIED_AT, Role
from luotsi.web.people.sessions import BACKEND

DAY = datetime.date(2026, 1, 1)
HEALTH_CENTRE = "1.2.3.1"


def user_with(
    role: Role | None, unit: str = "", since: datetime.date = DAY, until: datetime.date | None = None
) -> User:
    """A user with one role, or a stranger."""
    user = User.objects.create_user(f"{role or 'stranger'}-{unit or 'county'}@luotsi.example", name=f"The {role}")
    if role == Role.RESIDENT:
        add_person(by=None, code="010190-900P", name="Rauha Asukas", language="sv", municipality="179", user=user)
    elif role:
        Membership.objects.create(user=user, role=role, unit=unit, since=since, until=until)
    return user


def person(code: str, name: str, *, municipality: str, hidden: bool = False, carer: User | None = None) -> Person:
    """A resident, in the care of a user or in no one's."""
    made = add_person(by=None, code=code, name=name, language="fi", municipality=municipality, security_block=hidden)
    if carer:
        begin_care(by=None, person=made, user=carer, since=DAY)
    return made


def sign_in(client: Client, user: User, minutes: int) -> None:
    """Signs a user in who identified themself so many minutes ago.

    The two rows that signing in leaves are written as they are: the whole way of it takes ten times as many queries.
    """
    kept = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: BACKEND,
        HASH_SESSION_KEY: user.get_session_auth_hash(),
        IDENTIFIED_AT: time.time() - minutes * 60,
    }
    store = SessionStore()
    session = Session.objects.create(
        session_key=get_random_string(32), session_data=store.encode(kept), expire_date=store.get_expiry_date()
    )
    SignIn.objects.create(session_id=session.session_key, user=user)
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
