"""How letters leave: the settings of an SMTP server from its address."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
"""smtp begins in the open and goes on by STARTTLS; smtp+plain stays in the open, for a server on this machine."""


def smtp(address: str) -> dict[str, object]:
    """Django's settings for "smtp://user:password@host:port". Raises ImproperlyConfigured for another form."""
    try:
        found = urlsplit(address)
        port = found.port
    except ValueError as error:
        raise ImproperlyConfigured(f"LUOTSI_SMTP_URL is not an address: {error}.") from error
    if found.scheme not in PORTS or not found.hostname:
        raise ImproperlyConfigured("LUOTSI_SMTP_URL must be smtp://, smtps:// or smtp+plain:// and a host.")
    return {
        "EMAIL_HOST": found.hostname,
        "EMAIL_PORT": port or PORTS[found.scheme],
        "EMAIL_HOST_USER": unquote(found.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(found.password or ""),
        "EMAIL_USE_TLS": found.scheme == "smtp",
        "EMAIL_USE_SSL": found.scheme == "smtps",
        "EMAIL_TIMEOUT": 30,
    }
