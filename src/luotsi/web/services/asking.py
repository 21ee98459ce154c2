"""Asks keepers whether their old entries still hold, by a letter. When it is sent is said in luotsi.jobs.tasks."""

from __future__ import annotations

import datetime
import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from luotsi.web.services import actions, queries, shown
from luotsi.web.services.models import Service

AGAIN = datetime.timedelta(days=90)
"""How long a keeper is left in peace after a letter."""
MOST = 200
"""So many letters in one run."""

log = logging.getLogger(__name__)


def ask_due() -> tuple[int, int]:
    """Asks the keepers of old entries; gives how many letters left and how many did not."""
    sent = failed = 0
    for service in due()[:MOST]:
        send = _letter(service, keeper(service)).send
        try:
            actions.ask_keeper(by=None, service=service, send=send)
            sent += 1
        except OSError as fault:
            log.warning("The keeper of %s was not asked: %s", service.entry, fault)
            failed += 1
    return sent, failed


def due() -> list[Service]:
    """Old entries whose keepers are known and were not asked lately, the oldest first."""
    now = timezone.now()
    day = timezone.localdate() - shown.STALE
    old = queries.services().filter(
        Q(checked_on=None) | Q(checked_on__lt=day),
        Q(modified_at=None) | Q(modified_at__lt=now - shown.STALE),
        Q(asked_at=None) | Q(asked_at__lt=now - AGAIN),
    )
    return [each for each in old.order_by("checked_on", "pk") if keeper(each)]


def keeper(service: Service) -> str:
    """The address of who keeps an entry: its own, or the organisation's first; "" where none is known."""
    return service.keeper or next(iter(service.organisation.contact.get("emails", [])), "")


def _letter(service: Service, to: str) -> EmailMessage:
    with translation.override("fi"):
        name = shown.said(service.name)
        subject = _("Does this still hold: %(name)s") % {"name": name}
        text = _(
            "The entry of %(name)s in the service directory has not been checked for a year. "
            "See whether it still holds, and mend it where you keep it:"
        ) % {"name": name}
    return EmailMessage(subject, f"{text}\n{settings.ADDRESS}{reverse('service', args=[service.entry])}\n", to=[to])
