"""What of a free text is masked, what it is about, in which mood: single cases, and any text at all."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luotsi.concepts.shipped import open_county
from luotsi.web.feedback.themes import mood, reading, topics
from luotsi.web.services.language import finnish

CASES = [
    ("fi", "Lääkäri Virtasen vastaanotto", "Lääkäri [nimi] vastaanotto"),
    ("fi", "Hoitaja Satu Mäkinen auttoi.", "Hoitaja [nimi] auttoi."),
    ("fi", "J. Heikkinen kirjoitti lausunnon.", "[nimi] kirjoitti lausunnon."),
    ("fi", "soitin ja virtanen vastasi", "soitin ja [nimi] vastasi"),
    ("fi", "Tapasin Nguyenin eilen.", "Tapasin [nimi] eilen."),
    ("fi", "VIRTANEN OLI TÖYKEÄ", "[nimi] OLI TÖYKEÄ"),
    ("sv", "Tack Anna och doktor Åkerblom!", "Tack [namn] och doktor [namn]!"),
    ("en", "Nurse Mary Smith was kind.", "Nurse [name] was kind."),
    ("fi", "tunnus 131052-308t ja 010190-900P", "tunnus [henkilötunnus] ja [henkilötunnus]"),
    ("sv", "Ring 040-123 45 67 eller anna@post.example", "Ring [nummer] eller [e-post]"),
]
KEPT = [
    ("fi", "Kävin Jyväskylässä Kelan toimistossa 5.11.2026 klo 10.15."),
    ("fi", "Soitin numeroon 116117. Toivon, että asiat paranevat. Onneksi maksu oli 45,60 euroa."),
    ("sv", "Det var inte bra. Ingen ringde. Vården i Finland är bra."),
]


@pytest.mark.skipif(not finnish().knows_compounds, reason="Voikko is not on this machine")
@pytest.mark.parametrize(("language", "text", "wanted"), CASES)
def test_what_names_someone_is_masked(language: str, text: str, wanted: str) -> None:
    assert reading.masked(text, language) == wanted


@pytest.mark.skipif(not finnish().knows_compounds, reason="Voikko is not on this machine")
@pytest.mark.parametrize(("language", "text"), KEPT)
def test_what_names_no_one_is_kept(language: str, text: str) -> None:
    assert reading.masked(text, language) == text


@pytest.mark.parametrize(
    ("language", "text", "theme"),
    [
        ("fi", "Lasku oli aivan liian suuri.", "fees"),
        ("fi", "Jonotin kaksi tuntia.", "access"),
        ("sv", "Toaletten var smutsig.", "premises"),
        ("en", "The app crashed.", "digital"),
        ("fi", "Ei muuta.", "other"),
    ],
)
def test_a_sentence_is_about_the_theme_whose_words_it_has(language: str, text: str, theme: str) -> None:
    assert topics.found(text, language)[0] == theme


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("fi", "Kiitos hyvästä hoidosta", "positive"),
        ("fi", "Palvelu oli surkeaa", "negative"),
        ("fi", "Ei tarvinnut odottaa", "positive"),
        ("fi", "Hoito ei ollut hyvää", "negative"),
        ("fi", "Hoitaja oli ystävällinen, mutta lääkäri oli töykeä", "mixed"),
        ("fi", "Kävin tiistaina", "neutral"),
        ("fi", "Ei muuta", "neutral"),
        ("sv", "Larmet fungerade inte", "negative"),
        ("sv", "En skicklig läkare", "positive"),
    ],
)
def test_a_negation_turns_praise_and_blame_round(language: str, text: str, wanted: str) -> None:
    assert mood.of(text, language) == wanted


@pytest.mark.parametrize(
    ("recommends", "wanted"), [(10, "positive"), (8, "neutral"), (2, "negative"), (None, "neutral")]
)
def test_where_words_do_not_tell_the_recommendation_does(recommends: int | None, wanted: str) -> None:
    assert reading.read("Kävin tiistaina", "fi", recommends).mood == wanted
    assert reading.read("Kiitos", "fi", 0).mood == "positive"


def test_an_empty_text_has_no_theme_and_no_mood() -> None:
    assert reading.read("  \n ", "fi", 10) == ("", (), "")


def test_every_theme_of_the_code_list_has_its_words_in_three_languages() -> None:
    county = open_county()
    codes = set(county.codes["feedback_theme"].rows) - {topics.NONE}
    assert set(county.themes) == codes | {"positive", "negative"}
    for each in county.themes.values():
        assert all(each.taught().values()), each.theme


CODE = re.compile(r"(?<!\w)\d{6}[-+A]\d{3}\w(?!\w)")


@settings(max_examples=150, deadline=None)
@given(
    text=st.text(max_size=80),
    language=st.sampled_from(["fi", "sv", "en", "so"]),
    code=st.sampled_from(["131052-308T", "010190-900P", "311215A935P"]),
)
def test_any_text_is_read_and_no_code_in_it_comes_through(text: str, language: str, code: str) -> None:
    read = reading.read(f"{text} {code} {text}", language)
    assert not CODE.search(read.text)
    assert read.mood in ("positive", "negative", "mixed", "neutral")
    assert read.themes
