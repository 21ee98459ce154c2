"""Whether JSON has the shape that FHIR gives its words: where a list of objects stands, where one object, where a text.

One walk before anything is read, so that no reader after it has to doubt. What the words mean is not known here.
"""

from __future__ import annotations

from typing import Any

LISTS = {
    "answer",
    "answerOption",
    "coding",
    "concept",
    "contained",
    "contains",
    "enableWhen",
    "extension",
    "include",
    "initial",
    "item",
}
"""Words that hold a list of objects."""
OBJECTS = ("Coding", "CodeableConcept", "Quantity", "Duration", "Reference", "Attachment", "Expression", "Period")
"""Ends of `value[x]` and `answer[x]` that are objects."""
TEXTS = {"linkId", "type", "url", "display", "text", "prefix", "operator", "expression", "answerValueSet"}
"""Words of an item, option or extension that hold a text."""
PARTS = ("compose", "expansion")


def misshapen(found: Any, place: str = "") -> str | None:
    """A sentence on the first thing that has not the shape it must have; None where all is well."""
    if isinstance(found, list):
        faults = (misshapen(each, f"{place}[{at}]") for at, each in enumerate(found))
        return next((each for each in faults if each), None)
    if not isinstance(found, dict):
        return None
    for word, value in found.items():
        at = f"{place}.{word}" if place else str(word)
        fault = _wrong(word, value, found) or misshapen(value, at)
        if fault:
            return fault if fault[0] != "?" else f"{at} {fault[1:]}"
    return None


def _wrong(word: str, value: Any, holder: dict[str, Any]) -> str | None:
    """What a word should hold and does not, as the end of a sentence marked with `?`."""
    if word in LISTS or _codes(word, holder):
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            return "?is no list of objects. Write it as FHIR says."
    elif word in PARTS or word.endswith(OBJECTS):
        if word.startswith(("value", "answer", *PARTS)) and not isinstance(value, dict):
            return "?is no object. Write it as FHIR says."
    elif word in TEXTS and "linkId" in holder and not isinstance(value, str):
        return "?is no text. Write it as FHIR says."
    return None


def _codes(word: str, holder: dict[str, Any]) -> bool:
    """Whether it is the `code` of an item, which is a list; that of a coding is a text."""
    return word == "code" and "linkId" in holder
