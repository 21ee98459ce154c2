"""The county's secret key on disk, made once, and the keys derived of it. Encrypts nothing itself."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from luotsi.concepts.errors import UserError

LENGTH = 32


def county_key(home: Path) -> bytes:
    """The county's key, made at the first call and never overwritten. Raises UserError where it is spoilt or open."""
    path = home / "keys" / "county.key"
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) != LENGTH:
        raise UserError(f"{path} is not {LENGTH} bytes long: it is spoilt. Bring it back from your own safe copy.")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise UserError(f"{path} can be read by others than its owner. Run: chmod 600 {path}")
    return key


def derived(home: Path, use: Literal["pseudonym", "identity"]) -> bytes:
    """The key for one use, 32 bytes, derived of the county's key by HKDF-SHA256 (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=LENGTH, salt=None, info=f"luotsi:{use}".encode()).derive(county_key(home))


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.chmod(path.parent, 0o700)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(secrets.token_bytes(LENGTH))
        stream.flush()
        os.fsync(stream.fileno())
    with contextlib.suppress(FileExistsError):  # where another made the key meanwhile, theirs stands
        os.link(part, path)
    part.unlink()
