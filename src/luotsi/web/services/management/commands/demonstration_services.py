"""`demonstration_services`: a small made-up directory, for the demonstration only, where there is none yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from luotsi.connectors import associations
from luotsi.web.services import searching
from luotsi.web.services.actions import take_in
from luotsi.web.services.models import Service

MADE_UP = Path(__file__).parents[2] / "demonstration.csv"


class Command(BaseCommand):
    """Takes the made-up services in."""

    help = "Makes a small directory of made-up services where there is none. Only in a demonstration."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Takes them in as the spreadsheet of associations is taken in."""
        if not settings.DEMONSTRATION:
            raise CommandError("Made-up services are shown only where LUOTSI_DEMONSTRATION is 1.")
        if not Service.objects.exists():
            take_in(by=None, source="csv", delivery=associations.read([MADE_UP]), known=searching.known())
