"""Seals personal identity codes and finds persons by them: AES-GCM and a keyed digest, one key in the home.

Knows bytes and text only; the rows are in models.py, who may read them in queries.py.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from luotsi.concepts.identifiers import normal_hetu

NONCE = 12


@cache
def _key() -> bytes:
    """The 32 bytes in keys/persons.key, made at first use, readable by us alone."""
    path = settings.HOME / "keys" / "persons.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as stream:
        stream.write(secrets.token_bytes(32))
    return path.read_bytes()


def _derived(purpose: bytes) -> bytes:
    """A key of its own for each purpose: HMAC-SHA-256 of the purpose under the one key."""
    return hmac.digest(_key(), purpose, hashlib.sha256)


def seal(code: str) -> bytes:
    """A personal identity code encrypted: nonce, then ciphertext with its tag. Never the same bytes twice."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(_derived(b"seal")).encrypt(nonce, normal_hetu(code).encode("ascii"), None)


def unseal(sealed: bytes) -> str:
    """The personal identity code that was sealed. Raises cryptography's InvalidTag where key or bytes are not right."""
    sealed = bytes(sealed)
    return AESGCM(_derived(b"seal")).decrypt(sealed[:NONCE], sealed[NONCE:], None).decode("ascii")


def digest(code: str) -> bytes:
    """What a person is found by: HMAC-SHA-256 of the normalised code, 32 bytes."""
    return hmac.digest(_derived(b"find"), normal_hetu(code).encode("utf-8"), hashlib.sha256)
