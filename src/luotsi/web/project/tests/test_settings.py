"""Everything a county sets is told in the how-to, and wrong settings are sentences."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from luotsi.web.project.mail import smtp

ROOT = Path(__file__).parents[5]
SET = re.compile(r"environ(?:\.get)?[\[(]f?\"([A-Z_]+)\"")
OWN = {"DJANGO_SETTINGS_MODULE"}


def test_every_variable_that_is_read_is_told_in_the_how_to() -> None:
    pages = ("run-the-web.md", "connect-an-identity-provider.md")
    told = "".join((ROOT / "docs" / "howto" / name).read_text("utf-8") for name in pages)
    sources = [path for path in (ROOT / "src" / "luotsi" / "web").rglob("*.py") if "tests" not in path.parts]
    read = {name for path in sources for name in SET.findall(path.read_text("utf-8"))} - OWN
    assert {"LUOTSI_HOME", "DATABASE_URL", "LUOTSI_SMTP_URL"} <= read
    assert sorted(name for name in read if f"`{name}" not in told) == []


def test_an_smtp_address_becomes_settings_with_its_password_read() -> None:
    found = smtp("smtp://luotsi:a%40b@mail.county.fi")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == ("mail.county.fi", 587, True)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("luotsi", "a@b")
    assert smtp("smtps://mail.county.fi")["EMAIL_USE_SSL"] is True
    assert smtp("smtp+plain://localhost:1025")["EMAIL_USE_TLS"] is False


@pytest.mark.parametrize("address", ["mail.county.fi", "http://mail.county.fi", "smtp://", "smtp://host:port"])
def test_an_smtp_address_of_another_form_is_refused_in_a_sentence(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="LUOTSI_SMTP_URL"):
        smtp(address)
