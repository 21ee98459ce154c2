"""The vault: history of everything the extracts said, in Data Vault tables generated from county content."""

from luotsi.engine.vault.load import load, load_into
from luotsi.engine.vault.model import Model, Versions, model, tables
from luotsi.engine.vault.opening import exists, on_spark, open_vault
from luotsi.engine.vault.report import LoadReport
from luotsi.engine.vault.state import state_of

__all__ = [
    "LoadReport", "Model", "Versions", "exists", "load", "load_into", "model", "on_spark", "open_vault", "state_of",
    "tables",
]  # fmt: skip
