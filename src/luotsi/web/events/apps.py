"""How Django starts this app: the handlers of all apps are read, so that they hear of what happens."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EventsConfig(AppConfig):
    """The events of the web half."""

    name = "luotsi.web.events"

    def ready(self) -> None:
        """Reads every app's handlers."""
        autodiscover_modules("handlers")
