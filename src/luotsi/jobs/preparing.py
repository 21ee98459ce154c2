"""What is done before the doors open: tables, static files, the index of services, the current release,
demonstration users.

Imported when Django is set up. The processes themselves stand in `serving`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connections

from luotsi.concepts.errors import UserError
from luotsi.concepts.shipped import open_county
from luotsi.jobs import dividing, running
from luotsi.web.assessments.making.actions import publish_shipped
from luotsi.web.results import queries
from luotsi.web.services import searching
from luotsi.web.services.actions import index_old


def prepare(home: Path) -> Iterator[str]:
    """Readies the web half of a home and tells of it, a line at a time."""
    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        # What an earlier version of us has drawn.
        for each in caches.all(initialized_only=False):
            each.clear()
        if new := publish_shipped(by=None):
            yield f"Published {new} forms of the county's content"
        index_old(by=None, known=searching.known())
        yield _shown(home)
        if settings.DEMONSTRATION:
            yield from _users()
            dividing.divide(home, open_county(settings.OVERLAY))
    finally:
        for each in connections.all(initialized_only=True):
            each.close()
            each.close_pool()  # pyright: ignore[reportAttributeAccessIssue]


def _shown(home: Path) -> str:
    """Publishes the release of a home where it is new; says what is shown, and why it is not the newest."""
    try:
        run = running.publish(home, settings.OVERLAY)
        error = run.error if run else ""
    except UserError as fault:
        error = str(fault)
    shown = queries.current()
    if shown is None:
        nothing = f"There is no release in {home} yet: the desk is empty until `luotsi up` or a nightly run makes one"
        return f"No release can be shown: {error}" if error else nothing
    return f"Showing the release {shown.name}" + (f"; the newest cannot be shown: {error}" if error else "")


def _users() -> Iterator[str]:
    """The demonstration users, as their own command tells them, with what waits for them in queues and their forms."""
    told = io.StringIO()
    call_command("demonstration_users", stdout=told)
    call_command("demonstration_items")
    call_command("demonstration_answers")
    call_command("demonstration_feedback")
    call_command("demonstration_services")
    call_command("demonstration_referrals")
    yield from told.getvalue().splitlines()
