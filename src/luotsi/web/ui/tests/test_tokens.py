"""The colours: dark twice alike, print as charts have it, and readable on each other."""

import re
from pathlib import Path

import pytest

from luotsi.web.ui.charts.house import PRINT

STATIC = Path(__file__).parents[1] / "static" / "ui"
TOKENS = (STATIC / "tokens.css").read_text("utf-8")


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", block))


LIGHT = colours(TOKENS[TOKENS.index(":root {") : TOKENS.index("@media (prefers-color-scheme")])
BY_DEVICE = colours(TOKENS[TOKENS.index("@media (prefers-color-scheme") : TOKENS.index(':root[data-theme="dark"]')])
BY_CHOICE = colours(TOKENS[TOKENS.index(':root[data-theme="dark"]') :])
ON_PAPER = colours((STATIC / "print.css").read_text("utf-8"))


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_dark_is_the_same_by_device_and_by_choice() -> None:
    assert BY_DEVICE == BY_CHOICE
    assert set(BY_CHOICE) == set(LIGHT)


def test_a_chart_on_paper_has_the_colours_of_the_print_style() -> None:
    usual = {**LIGHT, **ON_PAPER}
    assert {token: usual[token] for token in PRINT} == PRINT


TEXT = [
    *((text, ground) for text in ("ink", "ink-soft", "accent") for ground in ("ground", "paper")),
    *((text, ground) for text in ("good", "attention", "bad") for ground in ("ground", "paper", f"{text}-soft")),
    *((f"chart-{name}", "paper") for name in ("1", "2", "3", "4", "5", "axis", "target")),
    *(("ink", f"{name}-soft") for name in ("good", "attention", "bad", "accent", "neutral")),
    ("neutral", "neutral-soft"),
    ("accent", "accent-soft"),
    ("ink-soft", "neutral-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
]


@pytest.mark.parametrize("tokens", [LIGHT, BY_CHOICE], ids=["light", "dark"])
def test_text_is_readable_on_its_ground(tokens: dict[str, str]) -> None:
    faint = [(text, ground) for text, ground in TEXT if contrast(tokens[text], tokens[ground]) < 4.5]
    assert not faint


@pytest.mark.parametrize("tokens", [LIGHT, BY_CHOICE], ids=["light", "dark"])
def test_edges_that_carry_meaning_are_seen(tokens: dict[str, str]) -> None:
    edges = [("line-strong", "paper"), ("line-strong", "ground"), ("focus", "ground"), ("chart-limit", "chart-paper")]
    assert not [(edge, ground) for edge, ground in edges if contrast(tokens[edge], tokens[ground]) < 3]


def test_every_token_that_a_style_names_exists() -> None:
    named = {
        token
        for path in STATIC.glob("*.css")
        for token in re.findall(r"var\(--([a-z0-9-]+)\)", path.read_text("utf-8"))
    }
    assert named <= set(re.findall(r"--([a-z0-9-]+):", TOKENS))
