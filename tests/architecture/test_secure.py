"""The web half as a county runs it: secure without being asked, and Django finds nothing to say."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

TELL = """
import json
from django.conf import settings
names = [name for name in dir(settings) if name.isupper()]
print(json.dumps({name: repr(getattr(settings, name)) for name in names}))
"""


def environment(**more: str) -> dict[str, str]:
    """The environment of a county: no demonstration."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LUOTSI_", "DJANGO_ALLOW"))}
    long = "a secret of a county that is long enough, with 1234567890 and !?#%&/() in it"
    return {**kept, "LUOTSI_HOME": str(Path(os.environ.get("TMPDIR", "/tmp"))), "LUOTSI_SECRET_KEY": long, **more}


@cache
def told(**more: str) -> dict[str, str]:
    """Every setting, as Python writes it."""
    command = [sys.executable, "-W", "ignore", "-c", TELL]
    done = subprocess.run(command, env=environment(**more), capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


def test_check_deploy_finds_nothing() -> None:
    command = [sys.executable, "-W", "ignore", "-m", "luotsi.web.project", "check", "--deploy", "--fail-level", "INFO"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_cookies_of_a_county_are_bound_to_its_host_and_kept_from_scripts() -> None:
    secure = told()
    assert secure["SESSION_COOKIE_NAME"] == "'__Host-session'"
    assert secure["CSRF_COOKIE_NAME"] == "'__Host-csrf'"
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SECURE_SSL_REDIRECT"):
        assert secure[name] == "True"
    for name in ("SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY", "LANGUAGE_COOKIE_HTTPONLY"):
        assert secure[name] == "True"
    assert secure["DEBUG"] == "False"


def test_nothing_inline_and_nothing_from_elsewhere_runs_or_dresses_a_page() -> None:
    policy = told()["CONTENT_SECURITY_POLICY"]
    assert "unsafe" not in policy
    assert "http" not in policy


def test_the_header_of_a_proxy_is_believed_only_where_the_county_says_so() -> None:
    assert told()["SECURE_PROXY_SSL_HEADER"] == "None"
    assert "HTTP_X_FORWARDED_PROTO" in told(LUOTSI_PROXY="1")["SECURE_PROXY_SSL_HEADER"]


def test_an_identity_provider_is_there_only_when_its_address_is_given() -> None:
    assert told()["SOCIALACCOUNT_PROVIDERS"] == "{'openid_connect': {'APPS': []}}"
    named = told(LUOTSI_OIDC_STAFF_URL="https://login.county.example", LUOTSI_OIDC_STAFF_CLIENT="luotsi")
    assert "https://login.county.example" in named["SOCIALACCOUNT_PROVIDERS"]
    assert "suomifi" not in named["SOCIALACCOUNT_PROVIDERS"]
