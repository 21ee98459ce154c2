"""The security policy of pages: no script or style inside the text of a page, in any template of any app."""

import re
from pathlib import Path

from django.conf import settings

WEB = Path(__file__).parents[2]
PAGES = sorted(path for path in WEB.glob("*/templates/**/*.html") if "letter" not in path.name)
INSIDE = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)(?! type=\"application/ld\+json\")")


def test_no_template_holds_a_script_or_style_of_its_own() -> None:
    assert len(PAGES) > 200
    found = {str(path.relative_to(WEB)): INSIDE.findall(path.read_text("utf-8")) for path in PAGES}
    assert not {name: inside for name, inside in found.items() if inside}


def test_the_policy_allows_scripts_and_styles_from_our_own_files_only() -> None:
    rules = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == rules["style-src"] == ["'self'"]
