"""The translations: nothing untranslated, nothing doubtful, nothing that the code has and the files lack."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command

WEB = Path(__file__).parents[2] / "src" / "luotsi" / "web"
FILES = sorted(WEB.glob("*/locale/*/LC_MESSAGES/django.po"))


def name(path: Path) -> str:
    return f"{path.parts[-5]}-{path.parts[-3]}"


def entries(path: Path) -> set[str]:
    """Every entry but its translation: context, text and plural."""
    text = re.sub(r'"\n"', "", path.read_text("utf-8"))
    return set(re.findall(r'(?:msgctxt ".*"\n)?msgid ".+"\n(?:msgid_plural ".*"\n)?', text))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_every_string_is_translated_and_none_is_doubtful(path: Path) -> None:
    for kind in ("--untranslated", "--only-fuzzy"):
        found = subprocess.run(["msgattrib", kind, path], capture_output=True, text=True, check=True).stdout
        assert not re.findall(r'^msgid ".+"', found, re.MULTILINE)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_every_translation_fits_the_places_of_its_string(path: Path) -> None:
    subprocess.run(["msgfmt", "--check-format", "-o", "/dev/null", path], check=True)


def test_the_files_hold_the_strings_of_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "web"
    shutil.copytree(WEB, copy, ignore=shutil.ignore_patterns("static", "migrations", "tests", "__pycache__"))
    monkeypatch.chdir(copy)
    call_command("makemessages", verbosity=0, locale=["fi", "sv"], no_obsolete=True, no_wrap=True)
    for path in FILES:
        assert entries(path) == entries(copy / path.relative_to(WEB)), "run `make messages` and translate what is new"


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_a_string_of_several_apps_is_translated_alike_in_all(language: str) -> None:
    # One that has two translations is shown everywhere by the one that is read first.
    files = [path for path in FILES if path.parts[-3] == language]
    joined = subprocess.run(["msgcat", "--no-wrap", *files], capture_output=True, text=True, check=True).stdout
    differing = [each for each in joined.split("\n\n")[1:] if "#-#-#-#-#" in each]
    assert not differing, "\n\n".join(differing)
