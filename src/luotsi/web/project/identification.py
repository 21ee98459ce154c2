"""The identity providers a county names in the environment, as django-allauth wants them said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NATIONAL_CODE = "urn:oid:1.2.246.21"
"""The claim of the national identification number, by the name of the attribute Suomi.fi identification gives."""


def _provider(environ: Mapping[str, str], name: str, title: str, scope: list[str], **settings: str) -> dict[str, Any]:
    def given(what: str) -> str:
        return environ.get(f"LUOTSI_OIDC_{name.upper()}_{what}", "")

    return {
        "provider_id": name,
        "name": title,
        "client_id": given("CLIENT"),
        "secret": given("SECRET"),
        "settings": {
            "server_url": given("URL"),
            "acr": given("ACR"),
            "scope": given("SCOPE").split() or scope,
            "oauth_pkce_enabled": True,
            **settings,
        },
    }


def providers(environ: Mapping[str, str]) -> dict[str, Any]:
    """`SOCIALACCOUNT_PROVIDERS`, from LUOTSI_OIDC_STAFF_* and LUOTSI_OIDC_SUOMIFI_*; a provider without a URL is none.

    URL: the issuer's address. CLIENT, SECRET: what it knows us by. ACR: the levels that are strong enough, with spaces
    between; any is, where it is not given. SCOPE: other than usual. SUOMIFI_CLAIM: the claim of the personal identity
    code.
    """
    claim = environ.get("LUOTSI_OIDC_SUOMIFI_CLAIM", NATIONAL_CODE)
    every = [
        _provider(environ, "staff", "Staff", ["openid", "profile", "email"]),
        _provider(environ, "suomifi", "Suomi.fi", ["openid", "profile"], code_claim=claim),
    ]
    return {"openid_connect": {"APPS": [each for each in every if each["settings"]["server_url"]]}}
