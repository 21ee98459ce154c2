"""When a referral that no one acts on is due for something, and the letter to its receiver.

Times are those of the county's programme, in working days. What is done is in keeping/actions.py; when this runs is
said in luotsi.jobs.tasks.
"""

from __future__ import annotations

import datetime
import logging
from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Max, Min, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from luotsi.concepts.queues import Within, until
from luotsi.concepts.referrals import ATTENDING, CLOSED, MET, SENT, WAITING
from luotsi.web.referrals import queries
from luotsi.web.referrals.keeping import actions
from luotsi.web.referrals.models import Referral

LONGEST = datetime.timedelta(days=400)
"""How far back the first contact of those may be who are asked how it goes."""

log = logging.getLogger(__name__)


def run(now: datetime.datetime | None = None) -> Counter[str]:
    """Does what is due at a time, now unless another is given; gives how many of each. Run again, it does nothing."""
    now = now or timezone.now()
    done: Counter[str] = Counter()
    for referral, since in _silent():
        for name in _act(referral, since, now):
            done[name] += 1
    for referral in Referral.objects.filter(state=WAITING).order_by("made_at", "id"):
        done["offered"] += actions.offer(by=None, referral=referral.pk)
    for referral, met in _met(now):
        for number, within in enumerate(queries.programme().follow_up):
            if until(within, met) <= now:
                done["followed up"] += actions.follow_up(by=None, referral=referral.pk, number=number)
    return +done


def _silent() -> Iterator[tuple[Referral, datetime.datetime]]:
    """Each referral whose receiver is to do something, and since when."""
    found = Referral.objects.filter(state__in=actions.SILENT).select_related("receiver")
    for each in found.annotate(since=Max("transitions__at")).order_by("since", "id"):
        yield each, each.since  # pyright: ignore[reportAttributeAccessIssue]


def _met(now: datetime.datetime) -> Iterator[tuple[Referral, datetime.datetime]]:
    """Each referral by which people have met, and when they first did."""
    found = Referral.objects.filter(state__in=(MET, ATTENDING, CLOSED))
    first = Min("transitions__at", filter=Q(transitions__after=MET))
    for each in found.annotate(met=first).filter(met__gte=now - LONGEST).order_by("met", "id"):
        yield each, each.met  # pyright: ignore[reportAttributeAccessIssue]


def _act(referral: Referral, since: datetime.datetime, now: datetime.datetime) -> Iterator[str]:
    """What is due for one whose receiver is silent: at the end of its time it lapses, and then nothing else is."""
    programme = queries.programme()

    def due(within: Within) -> bool:
        return until(within, since) <= now

    if referral.state == SENT and due(programme.lapse):
        if actions.lapse(by=None, referral=referral.pk):
            yield "lapsed"
        return
    if referral.receiver and referral.receiver.email:
        letter = _letter(referral.receiver.email)
        try:
            if actions.announce(by=None, referral=referral.pk, since=since, send=letter.send):
                yield "announced"
            if due(programme.remind) and actions.remind(by=None, referral=referral.pk, since=since, send=letter.send):
                yield "reminded"
        except OSError as fault:
            log.warning("The receiver of referral %s got no letter: %s", referral.pk, fault)
    if due(programme.escalate) and actions.escalate(by=None, referral=referral.pk, since=since):
        yield "escalated"


def _letter(to: str) -> EmailMessage:
    """A letter in Finnish and Swedish that says that something waits, and nothing of whom or what."""
    subjects, texts = list[str](), list[str]()
    for language in ("fi", "sv"):
        with translation.override(language):
            subjects.append(_("A referral waits for your answer"))
            texts.append(_("A referral has been passed to you and waits for you. Sign in to answer it:"))
    return EmailMessage(" / ".join(subjects), "\n".join((*texts, settings.ADDRESS, "")), to=[to])
