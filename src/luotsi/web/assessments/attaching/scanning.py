"""The gateway to a virus scanner: no file is kept that it has not looked at.

No real scanner is here yet: MockScanner knows one harmless test file alone, and serves the demonstration.
"""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError

TEST_FILE = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
"""What the test file of anti-virus makers says; it does nothing."""


class Scanner(Protocol):
    """What looks for harm in a file."""

    def found(self, content: bytes) -> str:
        """The name of the harm that a file holds, "" where it holds none. Raises OSError where it cannot be asked."""
        ...


class MockScanner:
    """Finds the test file of anti-virus makers, and nothing else."""

    def found(self, content: bytes) -> str:
        """The name of the test file, or nothing."""
        return "EICAR test file" if TEST_FILE in content else ""


def is_connected() -> bool:
    """Whether files can be attached at all."""
    return settings.DEMONSTRATION


def scanner() -> Scanner:
    """The scanner in use. Raises UserError where there is none."""
    if not is_connected():
        raise UserError(
            _("No virus scanner is connected, so files cannot be attached. Bring them to your appointment.")
        )
    return MockScanner()
