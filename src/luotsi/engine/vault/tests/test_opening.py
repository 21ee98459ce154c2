"""Which engine holds the vault, and what is said where it is not there."""

import sys
from pathlib import Path

import pytest

from luotsi.concepts.errors import UserError
from luotsi.engine.vault import open_vault


def test_an_engine_that_there_is_not_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUOTSI_ENGINE", "sparc")
    with pytest.raises(UserError, match="LUOTSI_ENGINE is sparc; it can be duckdb or spark"):
        open_vault(tmp_path)


def test_spark_that_is_not_installed_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUOTSI_ENGINE", "spark")
    monkeypatch.setitem(sys.modules, "luotsi.engine.spark.connection", None)
    with pytest.raises(UserError, match=r"not installed: pip install 'luotsi\[spark\]'"):
        open_vault(tmp_path)


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_a_home_without_a_vault_is_a_sentence_on_each_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    monkeypatch.setenv("LUOTSI_ENGINE", engine)
    with pytest.raises(UserError, match="holds no vault yet; run luotsi load first"):
        open_vault(tmp_path, read_only=True)
