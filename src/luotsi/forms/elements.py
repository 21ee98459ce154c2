"""What stands in a FHIR element: its extensions, its text in a language, the value of an `x[x]`. No form, no answer."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from luotsi.forms.wire import Json

HL7 = "http://hl7.org/fhir/"
PREFIXES = ("sdc-questionnaire-", "questionnaire-")
WEIGHTS = ("itemWeight", "ordinalValue")
"""Extensions that give an option its points, the newer first."""


def extensions(element: Json, *names: str) -> Iterator[Json]:
    """The extensions of an element that HL7 names so, with or without the prefix of the guide they come from."""
    for each in _objects(element.get("extension")):
        url = str(each.get("url", ""))
        if url.startswith(HL7):
            last = url.rsplit("/", 1)[-1]
            for prefix in PREFIXES:
                last = last.removeprefix(prefix)
            if last in names:
                yield each


def extension(element: Json, *names: str) -> Any:
    """The value of the first such extension, None where there is none."""
    return next((value(each) for each in extensions(element, *names)), None)


def parts(element: Json, name: str) -> Iterator[Any]:
    """The values of the inner extensions of this name (`key`, `human` of a constraint)."""
    return (value(each) for each in _objects(element.get("extension")) if each.get("url") == name)


def part(element: Json, name: str) -> Any:
    """The value of the first inner extension of this name."""
    return next(parts(element, name), None)


def typed(element: Json, word: str = "value") -> tuple[str, Any] | None:
    """The type and value of an `x[x]`: ("Coding", {...}); None where there is none."""
    for key, found in element.items():
        if key.startswith(word) and key != word and found is not None:
            return key.removeprefix(word), found
    return None


def value(element: Json) -> Any:
    """The value of a `value[x]`, whatever its type."""
    found = typed(element)
    return found[1] if found else None


def text_in(element: Json, key: str, language: str, main: str = "") -> str:
    """A text in a language by the standard translation extension; the main text where it is not translated."""
    text = element.get(key)
    text = "" if text is None else str(text)
    if not primary(language) or primary(language) == primary(main):
        return text
    return translations(element, key).get(primary(language), text)


def translations(element: Json, key: str) -> dict[str, str]:
    """Language -> translation of a text."""
    twin = element.get(f"_{key}")
    found: dict[str, str] = {}
    for each in extensions(twin, "translation") if isinstance(twin, dict) else ():
        lang, content = part(each, "lang"), part(each, "content")
        if lang and content:
            found[primary(str(lang))] = str(content)
    return found


def primary(language: str) -> str:
    """The language itself of a tag: fi of fi-FI."""
    return language.replace("_", "-").partition("-")[0].lower()


def weight(element: Json) -> Decimal | None:
    """The points of an option or coding."""
    found = extension(element, *WEIGHTS)
    return Decimal(str(found)) if isinstance(found, int | Decimal) and not isinstance(found, bool) else None


def codes(concept: Any) -> tuple[str, ...]:
    """The codes of a CodeableConcept; a bare code as itself."""
    if isinstance(concept, str):
        return (concept,)
    if not isinstance(concept, dict):
        return ()
    return tuple(str(each["code"]) for each in _objects(concept.get("coding")) if each.get("code"))


def _objects(found: Any) -> list[Json]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
