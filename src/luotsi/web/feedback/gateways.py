"""How an invitation reaches a person: text messages through a gateway, letters through the house's e-mail.

No gateway of an operator is here yet: MockSms keeps messages on disk, unsent, and serves the demonstration alone.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from luotsi.concepts.errors import UserError
from luotsi.web.feedback.models import Invitation

NUMBER = re.compile(r"\+?\d{6,15}")


class Gateway(Protocol):
    """What sends text messages."""

    def send(self, *, to: str, text: str) -> None:
        """Sends one message. Raises OSError where it could not be handed over."""
        ...


class MockSms:
    """Keeps each message as a file, unsent, where those who try Luotsi can read it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, *, to: str, text: str) -> None:
        """Writes one file: the number on the first line, then the message."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self._folder / f"{uuid.uuid4()}.txt").write_text(f"{to}\n{text}\n", "utf-8")


def sms() -> Gateway:
    """The gateway in use. Raises UserError where there is none."""
    if not settings.DEMONSTRATION:
        raise UserError(_("No gateway for text messages is connected. Give an e-mail address instead."))
    return MockSms(settings.HOME / "messages")


def normal(address: str) -> str:
    """A telephone number without spaces, or an e-mail address; "" for what is neither."""
    address = address.strip()
    if "@" in address:
        return address if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address) else ""
    number = re.sub(r"[\s()-]", "", address)
    return number if NUMBER.fullmatch(number) else ""


def send(to: str, subject: str, text: str) -> str:
    """Sends a message to a number or an address, and gives the channel it went by: sms or web."""
    if "@" in to:
        send_mail(subject, text, None, [to])
        return "web"
    sms().send(to=to, text=text)
    return "sms"


def letter(to: str, language: str) -> Callable[[Invitation, str], str]:
    """What sends an invitation to a number or an address, in the language of who is asked."""

    def send_link(_invitation: Invitation, secret: str) -> str:
        address = settings.ADDRESS + reverse("feedback_link", args=[secret])
        with override(language):
            subject = _("How did it go? Give feedback")
            text = _("Thank you for dealing with us. Tell us how it went: %(address)s") % {"address": address}
        return send(to, subject, text)

    return send_link
