"""Small questionnaires for tests, written shortly."""

from typing import Any

from luotsi.forms.filling import Filling
from luotsi.forms.questionnaire import Questionnaire, read

HL7 = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"


def item(link: str, kind: str = "string", *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An item; `items` stand in it."""
    return {"linkId": link, "type": kind, "text": f"Text of {link}", **more, **({"item": list(items)} if items else {})}


def choice(link: str, *codes: str, weights: tuple[int, ...] = (), **more: Any) -> dict[str, Any]:
    """A choice among codes, with points by place."""
    options: list[dict[str, Any]] = []
    for place, code in enumerate(codes):
        option: dict[str, Any] = {"valueCoding": {"code": code, "display": code.upper()}}
        if weights:
            option["extension"] = [{"url": HL7 + "itemWeight", "valueDecimal": weights[place]}]
        options.append(option)
    return item(link, "choice", answerOption=options, **more)


def form(*items: dict[str, Any], **more: Any) -> Questionnaire:
    """A questionnaire of items."""
    raw = {"resourceType": "Questionnaire", "url": "urn:test", "version": "1", "status": "active", "language": "fi"}
    return read({**raw, **more, "item": list(items)})


def page(*items: dict[str, Any], **more: Any) -> Filling:
    """A new response to a questionnaire of items."""
    return Filling(form(*items), **more)


def when(question: str, operator: str = "=", **answer: Any) -> dict[str, Any]:
    """An enableWhen; a bare word is a code."""
    return {"question": question, "operator": operator, **answer}


def code(word: str) -> dict[str, Any]:
    """The answer of an enableWhen."""
    return {"answerCoding": {"code": word}}


def expression(kind: str, text: str, **more: Any) -> dict[str, Any]:
    """An extension with an expression."""
    url = HL7 + kind if kind == "variable" else SDC + kind
    return {"url": url, "valueExpression": {"language": "text/fhirpath", "expression": text, **more}}


def extension(name: str, **value: Any) -> dict[str, Any]:
    """An extension of HL7's."""
    return {"url": HL7 + name, **value}


def constraint(text: str, human: str, severity: str = "error") -> dict[str, Any]:
    """A constraint over answers."""
    parts = [
        {"url": "key", "valueId": "k"},
        {"url": "severity", "valueCode": severity},
        {"url": "expression", "valueString": text},
        {"url": "human", "valueString": human},
    ]
    return {"url": HL7 + "questionnaire-constraint", "extension": parts}


def answers_of(response: dict[str, Any]) -> dict[str, list[Any]]:
    """linkId -> the values of its answers, in all repetitions, in order."""
    found: dict[str, list[Any]] = {}

    def walk(items: list[dict[str, Any]]) -> None:
        for each in items:
            walk(each.get("item", []))
            for answer in each.get("answer", []):
                value = next((found for key, found in answer.items() if key.startswith("value")), None)
                found.setdefault(each["linkId"], []).append(value)
                walk(answer.get("item", []))

    walk(response.get("item", []))
    return found
