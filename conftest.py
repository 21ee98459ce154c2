"""What every test run starts with: a database server of its own, and Django set to it."""

import os
import tempfile
from pathlib import Path

import django
import pytest

from luotsi.web.project import database

HOME = Path(tempfile.gettempdir()) / f"luotsi-tests-{os.getuid()}"


def pytest_configure(config: pytest.Config) -> None:
    """Each worker has its own database on one server; the run's controller needs none."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return
    os.environ["DATABASE_URL"] = database.address(HOME)
    os.environ["LUOTSI_SECRET_KEY"] = "only for tests"
    os.environ["LUOTSI_DEMONSTRATION"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "luotsi.web.project.settings"
    django.setup()
