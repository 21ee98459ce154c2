"""What events of the directory tell the warehouse: entries, and the days on which they were checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from luotsi.web.services import shown
from luotsi.web.services.inventory import DIGITAL
from luotsi.web.services.models import Channel, Service

KINDS = {"public": "public", "company": "private", "association": "association"}
"""Kind of organisation -> its code in organisation_kind; others are "other"."""
Records = dict[str, list[dict[str, Any]]]
"""Concept -> its records."""


def told(ids: Iterable[int]) -> Records:
    """The records of entries as they stand now."""
    channels = Channel.objects.filter(services=OuterRef("pk"), removed_at=None, kind__in=DIGITAL)
    rows = Service.objects.filter(pk__in=list(ids)).select_related("organisation").annotate(digital=Exists(channels))
    rows = list(rows.order_by("pk").defer("description", "summary", "instructions", "eligibility", "keywords"))
    return {"service_entry": [_entry(each) for each in rows], "service_check": list(_checks(rows))}


def _entry(service: Any) -> dict[str, Any]:
    return {
        "entry_id": service.entry,
        "origin": service.source,
        "kind": KINDS.get(service.organisation.kind, "other"),
        "in_swedish": "sv" in service.languages if service.languages else None,
        "digital": service.digital,
        "added_at": service.added_at.isoformat(),
        "removed_at": service.removed_at.isoformat() if service.removed_at else None,
    }


def _checks(services: Iterable[Service]) -> Iterable[dict[str, Any]]:
    """The last day each was checked or changed. Days to come are slips of the pen."""
    for each in services:
        day, _stale = shown.checked(each)
        if day and day <= timezone.localdate():
            yield {
                "check_id": f"{each.entry}:{day.isoformat()}",
                "service_entry": each.entry,
                "checked_on": day.isoformat(),
            }
