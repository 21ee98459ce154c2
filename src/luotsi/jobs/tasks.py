"""What the worker does and when: the nightly run, weekly letters, and a look at the sources when it starts.

Imported when Django is set up. What a run does stands in `running`; the worker does one task at a time.
"""

from __future__ import annotations

from django.conf import settings
from procrastinate import App
from procrastinate.contrib.django import app as proxy

from luotsi.jobs import running

app: App = proxy

EVERY_NIGHT = "0 0 * * *"
"""Midnight UTC: two in winter and three in summer by the clocks of Finland."""


@app.periodic(cron=EVERY_NIGHT)
@app.task(name="nightly", queueing_lock="nightly")
def nightly(timestamp: int) -> None:
    """Brings events and what has landed to the pages. `timestamp`: when it was due, seconds since 1970."""
    running.nightly(settings.HOME, settings.OVERLAY)


@app.task(name="look", queueing_lock="look")
def look() -> None:
    """Looks at sources and content, where that is not done yet."""
    running.look(settings.HOME, settings.OVERLAY)
