"""Takes files of other directories into our own, searches it and writes it out, for the command line.

Readers stand in the connectors, what is done with entries in the web half, which is set up here for one command.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

from luotsi.connectors import associations, hsds, ptv
from luotsi.connectors.entries import Delivery
from luotsi.jobs import serving

READERS: dict[str, Callable[[Sequence[Path]], Delivery]] = {
    "ptv": ptv.read,
    "hsds": hsds.read,
    "csv": associations.read,
}
"""Form of the files -> what reads them; its name is the source of the entries."""


@contextmanager
def opened(home: Path, overlay: Path | None, language: str = "fi") -> Iterator[Any]:
    """The services app of a home, with its database running and its tables there. Pages are not served."""
    with serving.open_database(home) as address:
        os.environ.update(serving.environment(home, overlay, address))
        django.setup()
        # What reads models waits for the settings.
        management = importlib.import_module("django.core.management")
        translation = importlib.import_module("django.utils.translation")
        executor = importlib.import_module("django.db.migrations.executor").MigrationExecutor
        database = importlib.import_module("django.db")
        connections = database.connections
        try:
            tables = executor(database.connection)
            if tables.migration_plan(tables.loader.graph.leaf_nodes()):
                management.call_command("migrate", verbosity=0, interactive=False)
                actions = importlib.import_module("luotsi.web.services.actions")
                known = importlib.import_module("luotsi.web.services.searching").known()
                actions.index_old(by=None, known=known)
            with translation.override(language):
                yield importlib.import_module("luotsi.web.services")
        finally:
            for each in connections.all(initialized_only=True):
                each.close()
                each.close_pool()


def take_in(home: Path, overlay: Path | None, form: str, paths: Sequence[Path], complete: bool) -> Any:
    """Takes files in; gives what changed. Raises UserError where a path is not there."""
    delivery = READERS[form](paths)
    with opened(home, overlay):
        actions = importlib.import_module("luotsi.web.services.actions")
        searching = importlib.import_module("luotsi.web.services.searching")
        return actions.take_in(by=None, source=form, delivery=delivery, known=searching.known(), complete=complete)


def write_out(home: Path, overlay: Path | None, form: str) -> Any:
    """The whole directory as HSDS (a page of services) or FHIR (a Bundle of HealthcareService), plain values."""
    with opened(home, overlay):
        queries = importlib.import_module("luotsi.web.services.queries")
        answering = importlib.import_module("luotsi.web.services.answering")
        settings = importlib.import_module("django.conf").settings
        services = list(queries.services().order_by("pk"))
        if form == "fhir":
            return answering.as_fhir(services, settings.ADDRESS)
        return answering.as_page(services)


def search(home: Path, overlay: Path | None, text: str, area: str, language: str, limit: int) -> list[dict[str, Any]]:
    """The services that answer a text: id, name, score, reason. Raises UserError for an area that is not known."""
    with opened(home, overlay, language or "fi"):
        answering = importlib.import_module("luotsi.web.services.answering")
        return answering.listed(text, area=area, language=language, limit=limit)
