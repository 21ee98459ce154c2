"""What the worker does and when: the nightly run, weekly letters, and a look at the sources when it starts.

Imported when Django is set up. What a run does stands in `running`; the worker does one task at a time.
"""

from __future__ import annotations

import datetime
import logging

from django.conf import settings
from procrastinate import App
from procrastinate.contrib.django import app as proxy

from luotsi.jobs import running
from luotsi.web.desk import letters as weekly

app: App = proxy

EVERY_NIGHT = "0 0 * * *"
"""Midnight UTC: two in winter and three in summer by the clocks of Finland."""
MONDAY_MORNING = "0 4-10 * * 1"
"""Every hour from six or seven in the morning: a letter that did not leave is tried again, one that did is not."""

log = logging.getLogger(__name__)


@app.periodic(cron=EVERY_NIGHT)
@app.task(name="nightly", queueing_lock="nightly")
def nightly(timestamp: int) -> None:
    """Brings events and what has landed to the pages. `timestamp`: when it was due, seconds since 1970."""
    running.nightly(settings.HOME, settings.OVERLAY)


@app.periodic(cron=MONDAY_MORNING)
@app.task(name="letters", queueing_lock="letters")
def letters(timestamp: int) -> None:
    """Sends the letters of the week it was due in; run again, only those that are not sent."""
    _sent, failed = weekly.send_weekly(datetime.datetime.fromtimestamp(timestamp, datetime.UTC).date())
    if failed:
        log.warning("%s letters were not sent; the next hours' runs try again", failed)


@app.task(name="look", queueing_lock="look")
def look() -> None:
    """Looks at sources and content, where that is not done yet."""
    running.look(settings.HOME, settings.OVERLAY)
