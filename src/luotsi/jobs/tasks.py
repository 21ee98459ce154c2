"""What the worker does and when: the nightly run, letters, reminders, tidying, and drawing and a look when it starts.

Imported when Django is set up. What a run does stands in `running`; the worker does one task at a time.
"""

from __future__ import annotations

import datetime
import logging

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.management import call_command
from procrastinate import App, JobContext
from procrastinate.contrib.django import app as proxy

from luotsi.jobs import running
from luotsi.web.desk import drawn
from luotsi.web.desk import letters as weekly
from luotsi.web.referrals import silence
from luotsi.web.services import asking

app: App = proxy

EVERY_NIGHT = "0 0 * * *"
"""Midnight UTC: two in winter and three in summer by the clocks of Finland."""
MONDAY_MORNING = "0 4-10 * * 1"
"""Every hour from six or seven in the morning: a letter that did not leave is tried again, one that did is not."""
MONDAY_NOON = "0 9 * * 1"
EVERY_MORNING = "30 3 * * *"
WORKING_HOURS = "15 5-15 * * 1-5"
"""A quarter past each hour of working days, from seven or eight in the morning on."""
KEPT = 30 * 24
"""Hours that a job which failed is kept, for whoever asks why; one that went well goes at once."""

log = logging.getLogger(__name__)


@app.periodic(cron=EVERY_NIGHT)
@app.task(name="nightly", queueing_lock="nightly")
def nightly(timestamp: int) -> None:
    """Brings events and what has landed to the pages. `timestamp`: when it was due, seconds since 1970."""
    running.nightly(settings.HOME, settings.OVERLAY)
    # The release is shown by now: a fault of drawing costs its first reader a second, and nothing else.
    drawn.ahead()


@app.periodic(cron=MONDAY_MORNING)
@app.task(name="letters", queueing_lock="letters")
def letters(timestamp: int) -> None:
    """Sends the letters of the week it was due in; run again, only those that are not sent."""
    _sent, failed = weekly.send_weekly(datetime.datetime.fromtimestamp(timestamp, datetime.UTC).date())
    if failed:
        log.warning("%s letters were not sent; the next hours' runs try again", failed)


@app.periodic(cron=MONDAY_NOON)
@app.task(name="ask_keepers", queueing_lock="ask_keepers")
def ask_keepers(timestamp: int) -> None:
    """Asks the keepers of old entries of the directory whether they still hold. `timestamp`: when it was due."""
    asking.ask_due()


@app.periodic(cron=WORKING_HOURS)
@app.task(name="mind_referrals", queueing_lock="mind_referrals")
def mind_referrals(timestamp: int) -> None:
    """Reminds those whom referrals wait for, and does what else is due to them. `timestamp`: when it was due."""
    silence.run()


@app.task(name="look", queueing_lock="look")
def look() -> None:
    """Looks at sources and content, where that is not done yet."""
    running.look(settings.HOME, settings.OVERLAY)


@app.task(name="draw", queueing_lock="draw")
def draw() -> None:
    """Draws the boards of the whole county, where that is not done yet."""
    drawn.ahead()


@app.periodic(cron=EVERY_MORNING)
@app.task(name="tidy", queueing_lock="tidy", pass_context=True)
async def tidy(context: JobContext, timestamp: int) -> None:
    """Takes away sessions that have expired, and jobs that ended long ago."""
    await sync_to_async(call_command)("clearsessions")
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEPT, include_failed=True, include_cancelled=True, include_aborted=True
    )
