"""The process that does jobs: `python -m luotsi.jobs.worker`. What jobs there are and when stands in `tasks`."""

from __future__ import annotations

import importlib
import logging
import os

import django
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

POLITE = 5
"""How far the worker steps aside for those who read pages."""


def work() -> None:
    """Does jobs until SIGTERM; the one at hand is finished first, if whoever started us waits so long."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luotsi.web.project.settings")
    os.nice(POLITE)
    django.setup()
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    # It reads models, and they wait for the settings.
    tasks = importlib.import_module("luotsi.jobs.tasks")
    for task in (tasks.draw, tasks.look):
        try:
            task.defer()
        except exceptions.AlreadyEnqueued:
            logging.getLogger(__name__).info("%s is waiting already", task.name)
    with app.replace_connector(DjangoConnector().get_worker_connector()) as working:
        working.run_worker(concurrency=1, delete_jobs="successful")


if __name__ == "__main__":
    work()
