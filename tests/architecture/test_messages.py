"""The translations: nothing untranslated, nothing doubtful, nothing that the code has and the files lack."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("app", sorted({path.parents[3] for path in FILES}), ids=lambda app: app.name)
def test_the_files_hold_the_strings_of_the_code(app: Path, tmp_path: Path) -> None:
    copy = tmp_path / app.name
    shutil.copytree(app, copy, ignore=shutil.ignore_patterns("static", "migrations", "tests", "__pycache__"))
    command = [Path(sys.executable).parent / "django-admin", "makemessages", "-v0", "-l", "fi", "-l", "sv"]
    subprocess.run([*command, "--no-obsolete", "--no-wrap"], cwd=copy, check=True)
    for language in ("fi", "sv"):
        place = Path("locale") / language / "LC_MESSAGES" / "django.po"
        assert entries(app / place) == entries(copy / place), "run `make messages` and translate what is new"


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_a_string_of_several_apps_is_translated_alike_in_all(language: str) -> None:
    # One that has two translations is shown everywhere by the one that is read first.
    files = [path for path in FILES if path.parts[-3] == language]
    joined = subprocess.run(["msgcat", "--no-wrap", *files], capture_output=True, text=True, check=True).stdout
    differing = [each for each in joined.split("\n\n")[1:] if "#-#-#-#-#" in each]
    assert not differing, "\n\n".join(differing)
