"""The weekly letter: the signals in what someone follows, as text and HTML, in their language.

When letters go stands in the jobs; that each goes once, in `actions.send_letter`.
"""

from __future__ import annotations

import datetime
import logging
from smtplib import SMTPException

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from luotsi.web.desk import actions, following
from luotsi.web.desk.models import Following
from luotsi.web.people.models import User
from luotsi.web.people.permissions import may
from luotsi.web.results import queries as results
from luotsi.web.results.models import Release

SALT = "luotsi.letters"

log = logging.getLogger(__name__)


def week_of(day: datetime.date) -> str:
    """The ISO week of a day: "2026-W47"."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def token(user: User) -> str:
    """What the link that stops letters carries: it needs no sign-in, and no one else can make it."""
    return signing.dumps(user.pk, salt=SALT)


def reader(text: str) -> User | None:
    """Whose link it is; None where it is forged or cut, or the user is gone."""
    try:
        return User.objects.filter(pk=signing.loads(text, salt=SALT)).first()
    except signing.BadSignature:
        return None


def send_weekly(day: datetime.date) -> tuple[int, int]:
    """Sends the letters of a day's week to all who are due one; gives how many were sent and how many failed.

    Run again, it sends those that failed and no other.
    """
    release, week = results.current(), week_of(day)
    sent = failed = 0
    if release is None:
        return sent, failed
    for user in _readers():
        if not may(user, "measure.follow"):
            continue
        try:
            sent += actions.send_letter(by=None, to=user, week=week, send=letter(user, release, week).send)
        except (OSError, SMTPException):
            log.exception("The letter of %s to user %s was not sent", week, user.pk)
            failed += 1
    return sent, failed


def _readers() -> list[User]:
    wanted = Following.objects.filter(user=OuterRef("pk"), letter=True)
    return list(User.objects.filter(Exists(wanted), is_active=True).exclude(email=None).order_by("pk"))


def letter(user: User, release: Release, week: str) -> EmailMultiAlternatives:
    """One letter, written and not sent. The same week gives the same Message-ID."""
    stop = settings.ADDRESS + reverse("stop_letters", args=[token(user)])
    with translation.override(user.language):
        found = following.followed(user, release, letters=True)
        count = following.signals(found)
        subject = (
            ngettext("%(count)s signal in what you follow", "%(count)s signals in what you follow", count)
            % {"count": count}
            if count
            else _("No signals in what you follow")
        )
        context = {
            "subject": subject,
            "found": [(each, following.loud(each.news)) for each in found],
            "release": release,
            "site": settings.ADDRESS,
            "stop": stop,
            "language": user.language,
        }
        message = EmailMultiAlternatives(
            subject,
            render_to_string("desk/letter.txt", context),
            to=[user.email],
            headers={
                "Message-ID": f"<{week}.{user.pk}@{settings.ADDRESS.split('//', 1)[-1].split('/')[0].split(':')[0]}>",
                "List-Unsubscribe": f"<{stop}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
        message.attach_alternative(render_to_string("desk/letter.html", context), "text/html")
    return message
