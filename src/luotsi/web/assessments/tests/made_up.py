"""Forms for tests: a small one of our own with a red flag, a score, a group that repeats and a queue."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any
from unittest import mock

from django.utils import timezone

from luotsi.forms import wire
from luotsi.forms.content import Form, open_forms
from luotsi.web.assessments import published
from luotsi.web.assessments.making import actions as making
from luotsi.web.assessments.models import FormState, FormVersion

MIN = "http://hl7.org/fhir/StructureDefinition/minValue"
CONTROL = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"


def words(text: str) -> dict[str, str]:
    return {"fi": text, "sv": f"{text} (sv)", "en": f"{text} (en)"}


def translated(text: str, key: str = "text") -> dict[str, Any]:
    url = "http://hl7.org/fhir/StructureDefinition/translation"
    each = [
        {
            "url": url,
            "extension": [{"url": "lang", "valueCode": lang}, {"url": "content", "valueString": f"{text} ({lang})"}],
        }
        for lang in ("sv", "en")
    ]
    return {key: text, f"_{key}": {"extension": each}}


def choice(code: str, text: str) -> dict[str, Any]:
    return {"valueCoding": {"code": code, **translated(text, "display")}}


YES_NO = [choice("yes", "Kyllä"), choice("no", "Ei")]

BACK: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "url": "urn:luotsi:form:back",
    "version": "1",
    "status": "active",
    "language": "fi",
    **translated("Selkä", "title"),
    "item": [
        {
            "linkId": "pain",
            "type": "group",
            **translated("Kipu"),
            "item": [
                {
                    "linkId": "weeks",
                    "type": "integer",
                    "required": True,
                    **translated("Montako viikkoa?"),
                    "extension": [{"url": MIN, "valueInteger": 0}],
                },
                {
                    "linkId": "numb",
                    "type": "choice",
                    "required": True,
                    **translated("Onko tunnoton?"),
                    "answerOption": YES_NO,
                },
                {
                    "linkId": "why",
                    "type": "text",
                    **translated("Kerro lisää"),
                    "enableWhen": [{"question": "weeks", "operator": ">", "answerInteger": 4}],
                },
            ],
        },
        {
            "linkId": "drugs",
            "type": "group",
            **translated("Lääkkeet"),
            "item": [
                {
                    "linkId": "drug",
                    "type": "group",
                    "repeats": True,
                    **translated("Lääke"),
                    "item": [{"linkId": "name", "type": "string", **translated("Nimi")}],
                },
                {
                    "linkId": "signs",
                    "type": "choice",
                    "repeats": True,
                    **translated("Oireet"),
                    "answerOption": [choice("fever", "Kuume"), choice("cough", "Yskä")],
                },
                {
                    "linkId": "own",
                    "type": "open-choice",
                    **translated("Ammatti"),
                    "answerOption": [choice("nurse", "Hoitaja")],
                },
            ],
        },
    ],
}

RECORD: dict[str, Any] = {
    "form": "back",
    "version": "1",
    "kind": "symptom",
    "label": words("Selkä"),
    "about": words("Kysymyksiä selkäkivusta."),
    "audience": "both",
    "demonstration": True,
    "owner": "Chief physician",
    "source": "Own demonstration content",
    "licence": "EUPL-1.2",
    "reviewed": "2026-11-22",
    "instrument": "back_pain",
    "scores": {
        "points": {
            "label": words("Pisteet"),
            "value": "weeks + signs",
            "least": "0",
            "most": "20",
            "classes": [
                {"class": "low", "from": "0", "label": words("Matala")},
                {"class": "high", "from": "6", "label": words("Korkea"), "text": words("Kipu on pitkittynyt.")},
            ],
        }
    },
    "outcomes": [
        {
            "outcome": "emergency",
            "when": "numb = 'yes'",
            "urgency": "now",
            "stop": True,
            "action": words("Soita 112 heti."),
            "reason": words("Tunnottomuus on vaaran merkki."),
        },
        {
            "outcome": "physiotherapist",
            "when": "weeks > 6",
            "urgency": "days",
            "action": words("Varaa aika fysioterapeutille."),
            "reason": words("Kipu on kestänyt {weeks} viikkoa."),
            "queue": "physiotherapy",
            "answer_within": "3 working days",
        },
        {
            "outcome": "self_care",
            "when": "TRUE",
            "urgency": "self_care",
            "action": words("Liiku."),
            "reason": words("Vaaran merkkejä ei ole."),
        },
    ],
    "examples": [
        {"name": "Eight weeks", "answers": {"weeks": "8", "numb": "no"}, "expect": {"outcome": "physiotherapist"}},
    ],
}


def publish(questionnaire: dict[str, Any] = BACK, **more: Any) -> FormVersion:
    """A shipped form, published; `more` replaces words of its record."""
    record = {**copy.deepcopy(RECORD), **more}
    text = wire.dumps({**questionnaire, "version": record["version"]})
    return FormVersion.objects.create(
        form=record["form"],
        version=record["version"],
        questionnaire=text,
        record=record,
        digest=record["version"][:12],
        state=FormState.PUBLISHED,
        shipped=True,
        published_at=timezone.now(),
    )


@cache
def shipped() -> dict[str, Form]:
    """The forms of county content by name."""
    return open_forms(published.county())


def publish_shipped(*names: str) -> None:
    """Publishes these forms of county content as they stand."""
    some = {name: shipped()[name] for name in names}
    with mock.patch.object(making.content, "read_forms", return_value=(some, [])):
        assert making.publish_shipped(by=None) == len(names)
