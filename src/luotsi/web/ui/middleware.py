"""What stands around every view for the sake of how faults look."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from luotsi.web.ui.errors import unavailable

log = logging.getLogger(__name__)


class DatabaseAway:
    """Turns a database that does not answer into the page of 503, which says that nothing is lost."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """503 for a lost database; every other fault goes on."""
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        log.error("The database does not answer at %s: %s", request.path, exception)
        return unavailable(request)
