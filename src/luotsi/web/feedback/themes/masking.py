"""Takes names, personal identity codes, numbers and e-mail addresses out of a free text, in Finnish, Swedish, English.

Names are known by Voikko's morphology, by a capital letter where the language puts none, and by a title before them.
What is masked cannot be got back. It is a help and no promise: how much it finds stands in benchmarks/feedback_themes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from luotsi.web.services.language import finnish

MASKS = {
    "fi": {"name": "[nimi]", "code": "[henkilötunnus]", "number": "[numero]", "mail": "[sähköposti]"},
    "sv": {"name": "[namn]", "code": "[personbeteckning]", "number": "[nummer]", "mail": "[e-post]"},
    "en": {"name": "[name]", "code": "[identity code]", "number": "[number]", "mail": "[e-mail]"},
}
"""What stands where something was."""

MAIL = re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+")
CODE = re.compile(r"(?<![\w])[0-3]\d[01]\d{3}\s?[-–+A-FU-Y]?\s?\d{3}[0-9A-Z](?![\w])", re.IGNORECASE)
NUMBER = re.compile(
    r"(?<![\w,.])\+?\d(?:[\s-]?\d){6,}(?![\w])|(?<![\w,.])\+?\(?0\d{1,3}\)?(?:[\s-]\d{2,4}){1,3}(?![\w.])"
)
TOKEN = re.compile(r"[^\W\d_]+(?:[-'’:][^\W\d_]+)*")
START = re.compile(r"(?:^|[.!?…:\n•>]|\s[-–])[\s\"'”’»(]*$")
INITIAL = re.compile(r"(?<![\w])[A-ZÅÄÖ]\.\s?$")

NAMES = frozenset({"etunimi", "sukunimi"})
_TITLES = """
    lääkäri ylilääkäri erikoislääkäri omalääkäri hammaslääkäri tohtori hoitaja sairaanhoitaja lähihoitaja
    terveydenhoitaja kätilö fysioterapeutti psykologi sosiaalityöntekijä sosiaaliohjaaja omahoitaja ohjaaja
    vastaanottohoitaja osastonhoitaja rouva herra neiti nimeltä nimeltään nimi terveisin terv läkare läkaren
    doktor sköterska skötare sjukskötare sjuksköterska hälsovårdare barnmorska socialarbetare fysioterapeut
    psykolog handledare fru herr heter namnet hälsningar doctor nurse dr mr mrs ms midwife psychologist named
    regards
"""
TITLES = frozenset(_TITLES.split())
"""Words that a name often follows, in their dictionary form."""
_KEPT = """
    kela fpa kanta omakanta omaolo luotsi tays tyks hus oys kys husissa teams zoom google facebook whatsapp
    covid korona burana panadol suomi finland sverige ruotsi eu tv suomifi helsinki maisa apotti sos-lapsikylä
    jumala gud god i i'm i've i'd monday tuesday wednesday thursday friday saturday sunday finnish swedish
    english january february march april may june july august september october november december
"""
KEPT = frozenset(_KEPT.split())
"""Words with a capital that name no person."""
_SWEDISH = """
    jag det den de vi ni du han hon man en ett alla tack bra mycket personalen vården siv
"""
OWN = {"sv": frozenset(_SWEDISH.split())}
"""Words that begin a sentence in Swedish and read as names in Finnish."""


@dataclass(frozen=True)
class Token:
    """A word and where it stands. `begins`: a sentence. `name`: Voikko reads it as one; `other`: as something else."""

    text: str
    start: int
    end: int
    begins: bool
    name: bool
    other: bool
    title: bool
    known: bool

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital."""
        return self.text[0].isupper()


def masked(text: str, language: str) -> str:
    """A text with each mask in the language: fi, sv or en."""
    words = MASKS[language]
    text = MAIL.sub(words["mail"], text)
    text = CODE.sub(words["code"], text)
    text = NUMBER.sub(words["number"], text)
    return _without_names(text, language, words["name"])


def _without_names(text: str, language: str, mask: str) -> str:
    shouted = sum(letter.isupper() for letter in text) > sum(letter.islower() for letter in text)
    tokens = _tokens(text, language, shouted)
    named = _named(tokens, language, shouted)
    made: list[str] = []
    at, last = 0, False
    for token, is_name in zip(tokens, named, strict=True):
        between = text[at : token.start]
        if is_name:
            between = INITIAL.sub("", between)
        if is_name and last and not between.strip(" -."):
            at = token.end  # a first name and a surname are one mask
            continue
        made += [between, mask if is_name else token.text]
        at, last = token.end, is_name
    return "".join([*made, text[at:]])


def _tokens(text: str, language: str, shouted: bool) -> list[Token]:
    found: list[Token] = []
    for match in TOKEN.finditer(text):
        before, after = text[: match.start()][-1:], text[match.end() :][:1]
        if before == "[" and after == "]":
            continue  # a mask
        if len(match[0]) < 2:
            continue  # an initial, which goes with the name after it
        sofar = text[: match.start()][-8:]
        begins = bool(START.search(sofar)) and not INITIAL.search(sofar)
        found.append(_token(match, begins, language, shouted))
    return found


def _token(match: re.Match[str], begins: bool, language: str, shouted: bool) -> Token:
    word = match[0]
    asked = word.capitalize() if shouted else word
    read = finnish().analyses(asked)
    if not read and language != "fi" and asked.endswith("s"):
        read = finnish().analyses(asked[:-1])
    kinds = {part for each in read for part in each.get("CLASS", "").split("_")}
    bases = {each.get("BASEFORM", "").lower() for each in read} | {word.lower()}
    name = bool(kinds & NAMES)
    # A Swedish word that Finnish happens to have says nothing of the word; only names are taken from Voikko there.
    other = bool(kinds - NAMES) if language == "fi" else False
    return Token(
        word, match.start(), match.end(), begins, name, other, bool(bases & TITLES), bool(read) or bool(bases & KEPT)
    )


def _named(tokens: Sequence[Token], language: str, shouted: bool) -> list[bool]:
    """Which tokens are names: by themselves first, then by what stands beside them."""
    found = [_alone(token, language, shouted) for token in tokens]
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at and token.start - tokens[at - 1].end <= 2 else None
        if found[at] or token.title or token.text.lower() in KEPT or before is None:
            continue
        after_title = before.title and not token.begins and (token.name or (token.capital and not shouted))
        after_name = found[at - 1] and not token.begins and token.capital and not shouted and _like(token)
        found[at] = after_title or after_name
    for at in range(len(tokens) - 2, -1, -1):
        token, after = tokens[at], tokens[at + 1]
        close = after.start - token.end <= 2
        if close and found[at + 1] and token.name and token.capital and not token.title:
            found[at] = True
    return found


def _like(token: Token) -> bool:
    return token.name or not token.known


def _alone(token: Token, language: str, shouted: bool) -> bool:
    """Whether a word by itself is a name."""
    if token.title or token.text.lower() in KEPT or len(token.text) < 2:
        return False
    acronym = token.text.isupper() and len(token.text) <= 5 and not shouted
    if acronym or token.text.lower() in OWN.get(language, frozenset()):
        return False
    sure = token.name and not token.other
    if shouted or not token.capital:
        return sure and language == "fi"
    if token.begins:
        return sure
    return token.name or not token.known
