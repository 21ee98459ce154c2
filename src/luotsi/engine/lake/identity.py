"""The encrypted store: the only place where values that tell who someone is are written.

Parquet modular encryption, every column and footer under keys wrapped by the county's identity key (AES-256-GCM).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# pyright: reportUnknownLambdaType=false
from __future__ import annotations

import base64
import secrets
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from luotsi.concepts.errors import UserError
from luotsi.engine.lake.keys import derived

Part = Literal["identifiers", "values", "rejects", "undeclared"]
SCHEMAS: dict[str, pa.Schema] = {
    "identifiers": pa.schema([("pseudonym", pa.string()), ("system", pa.string()), ("value", pa.string())]),
    "rejects": pa.schema([("line", pa.int64()), ("raw", pa.string())]),
}


class _Wrapping(pe.KmsClient):  # type: ignore[misc]
    """Wraps the key of each file with the county's identity key."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._cipher = AESGCM(key)

    def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> bytes:
        nonce = secrets.token_bytes(12)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, key_bytes, master_key_identifier.encode()))

    def unwrap_key(self, wrapped_key: bytes, master_key_identifier: str) -> bytes:
        raw = base64.b64decode(wrapped_key)
        return self._cipher.decrypt(raw[:12], raw[12:], master_key_identifier.encode())


class Store:
    """Opens encrypted files of one county for writing and reading."""

    def __init__(self, home: Path) -> None:
        key = derived(home, "identity")
        self._factory = pe.CryptoFactory(lambda _: _Wrapping(key))
        self._kms = pe.KmsConnectionConfig()

    def writer(self, path: Path, schema: pa.Schema) -> pq.ParquetWriter:
        """A writer of an encrypted Parquet file."""
        wanted = pe.EncryptionConfiguration(
            footer_key="identity", uniform_encryption=True, encryption_algorithm="AES_GCM_V1", data_key_length_bits=256
        )
        properties = self._factory.file_encryption_properties(self._kms, wanted)
        return pq.ParquetWriter(path, schema, compression="zstd", encryption_properties=properties)

    def read(self, path: Path) -> pa.Table:
        """The rows of an encrypted file."""
        properties = self._factory.file_decryption_properties(self._kms)
        with pq.ParquetFile(path, decryption_properties=properties) as file:
            return file.read()


def place(home: Path, source: str, table: str, extract: str) -> Path:
    """The folder of the encrypted files of one extract."""
    return home / "identity" / source / table / extract


def read(home: Path, source: str, table: str, extract: str, part: Part = "values") -> pa.Table:
    """What the encrypted store holds of an extract; an empty table where it holds nothing of that part.

    values: `_line` and the identifying columns; identifiers: pseudonym, system, value; rejects: line, raw;
    undeclared: `_line` and the columns no one declared. Raises UserError where the key is another than it was.
    """
    path = place(home, source, table, extract) / f"{part}.parquet"
    if not path.exists():
        return SCHEMAS.get(part, pa.schema([("_line", pa.int64())])).empty_table()
    try:
        return Store(home).read(path)
    except (InvalidTag, OSError, pa.ArrowException) as error:
        raise UserError(
            f"{path} cannot be read with this county's key. Bring back the key it was written by."
        ) from error
