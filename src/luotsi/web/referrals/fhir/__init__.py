"""Referrals in HL7 FHIR R4: a Bundle of Patient, ServiceRequest, Goal, Task and Consent, written, read and taken in.

`Told` is what such a Bundle tells, and what both directions agree on.
"""

from __future__ import annotations

from dataclasses import dataclass

HETU = "urn:oid:1.2.246.21"
"""The system of personal identity codes."""
REFERRAL, ORGANISATION, SERVICE = "urn:luotsi:referral", "urn:luotsi:organisation", "urn:luotsi:service"
"""Systems of our own ids, and those of the directory's entries."""
CODES = "urn:luotsi:codes:wellbeing_referral_"
"""The beginning of the systems of our code lists."""
OID = "urn:ietf:rfc:3986"
READS_CLOSING = "closing"
"""What a consent says, beside the items, where the referrer may read how it went."""

STATUSES = {
    "draft": ("draft", "draft"),
    "consented": ("active", "ready"),
    "waiting": ("on-hold", "on-hold"),
    "sent": ("active", "requested"),
    "accepted": ("active", "accepted"),
    "proposed": ("active", "in-progress"),
    "met": ("active", "in-progress"),
    "attending": ("active", "in-progress"),
    "closed": ("completed", "completed"),
    "declined": ("active", "rejected"),
    "lapsed": ("active", "failed"),
}
"""State -> ServiceRequest.status, Task.status. One that is withdrawn is not told to anyone."""


@dataclass(frozen=True)
class Told:
    """A referral as a Bundle tells it. `unit`: OID of the unit that refers; `organisation`, `service`: entries of the
    directory; `items`: what the person lets be passed on, none where no consent is told of; `made_at`: ISO time.
    """

    id: str
    person: str
    """Personal identity code."""
    name: str = ""
    unit: str = ""
    organisation: str = ""
    service: str = ""
    reason: str = ""
    goals: str = ""
    language: str = ""
    access_needs: str = ""
    phone: str = ""
    email: str = ""
    state: str = "draft"
    outcome: str = ""
    decline_reason: str = ""
    items: tuple[str, ...] = ()
    reads_closing: bool = False
    made_at: str = ""
