"""Errors are told in a sentence, whoever's fault they are."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from luotsi.commands import main


def broken() -> None:
    raise ZeroDivisionError("secret detail")


def test_a_fault_of_our_own_is_a_sentence_and_a_file_with_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(main, "app", broken)
    with pytest.raises(SystemExit) as ended:
        main.run()
    told = capsys.readouterr().err
    assert ended.value.code == 1
    assert "ZeroDivisionError" in told
    assert "Traceback" not in told
    found = re.search(r"with (\S+)\.$", told.strip())
    assert found
    report = Path(found.group(1))
    assert "secret detail" in report.read_text("utf-8")
    report.unlink()


def test_what_a_user_can_mend_is_the_sentence_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused() -> None:
        raise main.UserError("There is no file x. Give another.")

    monkeypatch.setattr(main, "app", refused)
    with pytest.raises(SystemExit):
        main.run()
    assert capsys.readouterr().err == "luotsi: There is no file x. Give another.\n"


def test_the_list_of_commands_names_each_and_waits_for_no_engine() -> None:
    said = "from luotsi.commands.main import app; app(['--help'], standalone_mode=False); import sys; "
    said += "print('loaded', *sorted({'duckdb', 'pyarrow', 'sqlglot', 'pydantic'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout
    assert all(f" {name} " in told for name in main.COMMANDS)
    assert told.splitlines()[-1] == "loaded"
