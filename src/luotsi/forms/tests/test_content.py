"""County forms: what is judged, what is computed of the answers, what goes on to the warehouse and to FHIR."""

import copy
import datetime
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from luotsi.concepts.reading import County, Fault, read_record
from luotsi.concepts.shipped import open_county
from luotsi.forms import assessment, comparing, content, extracting, judging, questionnaire, wire
from luotsi.forms.content import Form
from luotsi.forms.filling import Filling
from luotsi.forms.records import FormRecord
from luotsi.forms.tests.questions import SDC, choice, expression, extension, form, item

DAY = datetime.date(2026, 11, 22)


def translated(text: str) -> dict[str, Any]:
    parts = [
        [{"url": "lang", "valueCode": each}, {"url": "content", "valueString": f"{text} {each}"}]
        for each in ("sv", "en")
    ]
    return {"extension": [extension("translation", extension=each) for each in parts]}


def spoken(raw: dict[str, Any]) -> dict[str, Any]:
    """An item with its texts in three languages."""
    for option in raw.get("answerOption", []):
        option["valueCoding"]["_display"] = translated(option["valueCoding"]["display"])
    return {**raw, "_text": translated(raw["text"]), "item": [spoken(each) for each in raw.get("item", [])]}


QUESTIONS: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "url": "urn:luotsi:form:sample",
    "version": "1",
    "status": "active",
    "language": "fi",
    "title": "Otsikko",
    "_title": translated("Otsikko"),
    "item": [
        spoken(each)
        for each in (
            choice("pain", "none", "some", "much", weights=(0, 1, 3)),
            choice("signs", "fever", "numb", "other", weights=(1, 5, 0), repeats=True),
            item("weeks", "integer"),
            item("born", "date"),
            item("story", "text"),
        )
    ],
}
LABEL = {"fi": "Suomi", "sv": "Svenska", "en": "English"}
RECORD: dict[str, Any] = {
    "form": "sample",
    "version": "1",
    "kind": "symptom",
    "label": LABEL,
    "about": LABEL,
    "audience": "resident",
    "demonstration": "true",
    "owner": "Owner",
    "source": "Own",
    "licence": "EUPL-1.2",
    "reviewed": "2026-11-22",
    "instrument": "OTHER",
    "scores": {
        "points": {
            "label": LABEL,
            "value": "pain.weight + coalesce(signs.weight, 0)",
            "classes": [{"class": "low", "from": "0", "label": LABEL}, {"class": "high", "from": "4", "label": LABEL}],
        },
        "years": {"label": LABEL, "value": "age(born, answered_on)"},
        "kind": {
            "label": LABEL,
            "value": "CASE WHEN points.class = 'high' THEN 'grave' ELSE 'mild' END",
            "classes": [{"class": "grave", "label": LABEL}, {"class": "mild", "label": LABEL}],
        },
    },
    "outcomes": [
        {"outcome": "later", "when": "weeks > 6", "urgency": "days", "action": LABEL, "reason": LABEL},
        {
            "outcome": "call",
            "when": "signs.numb",
            "urgency": "now",
            "stop": "true",
            "action": LABEL,
            "reason": {"fi": "{signs}, {points} ({points.class})", "sv": "{points}", "en": "{weeks} weeks"},
            "services": ["back pain"],
            "answer_within": "2 hours",
        },
        {"outcome": "home", "when": "TRUE", "urgency": "self_care", "action": LABEL, "reason": LABEL},
    ],
    "examples": [
        {
            "name": "Numb and long",
            "answers": {"pain": "much", "signs": ["numb", "fever"], "weeks": "8", "born": "2000-11-23"},
            "on": "2026-11-22",
            "expect": {"points": "9", "points.class": "high", "kind": "grave", "years": "25", "outcome": "call"},
        }
    ],
}


@pytest.fixture(scope="module")
def county() -> County:
    return open_county()


def written(folder: Path, record: dict[str, Any], questions: dict[str, Any]) -> Path:
    place = folder / "forms" / "sample"
    place.mkdir(parents=True)
    (place / "form.yaml").write_text(yaml.safe_dump(record, allow_unicode=True, sort_keys=False), "utf-8")
    (place / "questionnaire.json").write_text(wire.dumps(questions, 1), "utf-8")
    return folder


def judged(county: County, folder: Path, record: dict[str, Any], questions: dict[str, Any]) -> list[Fault]:
    alone = replace(county, roots=(written(folder, record, questions),))
    return judging.check(alone)[1]


def opened(county: County) -> Form:
    record = FormRecord.model_validate(RECORD)
    return content.form_of(copy.deepcopy(QUESTIONS), record, county)


def test_a_sound_form_has_no_faults_and_its_examples_hold(county: County, tmp_path: Path) -> None:
    assert judged(county, tmp_path, RECORD, QUESTIONS) == []


def changed(path: tuple[Any, ...], value: Any, of: dict[str, Any] = RECORD) -> dict[str, Any]:
    made = copy.deepcopy(of)
    at: Any = made
    for each in path[:-1]:
        at = at[each]
    at[path[-1]] = value
    return made


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        (("version",), "2", "the version is 2 but that of the questionnaire 1"),
        (("instrument",), "NONE", "there is no NONE in code list instrument"),
        (("label", "sv"), " ", "label.sv is empty"),
        (("scores", "points", "value"), "pian.weight", "there is no answer or score pian.weight"),
        (("scores", "points", "value"), "pain + 1", "where decimal is wanted"),
        (("scores", "points", "value"), "DELETE FROM x", "is not an expression"),
        (("scores", "points", "classes", 1, "from"), "0", "do not rise"),
        (("scores", "pain"), {"label": LABEL, "value": "1"}, "the name pain is an item's too"),
        (("outcomes", 0, "when"), "weeks", "'weeks' is integer"),
        (("outcomes", 0, "urgency"), "soon", "there is no urgency soon"),
        (("outcomes", 0, "queue"), "nowhere", "there is no queue nowhere"),
        (("outcomes", 0, "answer_within"), "soon", "Write a number and minutes"),
        (("outcomes", 0, "outcome"), "home", "the outcome home stands twice"),
        (("outcomes", 0, "reason", "fi"), "{week}", "{week}, which is no answer or score"),
        (("examples", 0, "expect", "points"), "8", "points is 9, not 8"),
        (("examples", 0, "expect", "nothing"), "8", "there is no nothing to expect"),
        (("examples", 0, "answers", "painn"), "8", "There is no painn in this form"),
        (("examples", 0, "answers", "pain"), "huge", "Choose one of the answers given"),
        (("examples",), [], "there are no examples"),
        (("outcme",), [], "is not a word that can stand here"),
    ],
)
def test_a_fault_of_the_record_is_told_with_its_file_and_line(
    county: County, tmp_path: Path, path: tuple[Any, ...], value: Any, what: str
) -> None:
    faults = judged(county, tmp_path, changed(path, value), QUESTIONS)
    assert [each for each in faults if what in str(each)], faults
    assert {Path(each.file).name for each in faults} == {"form.yaml"}


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        (("url",), "urn:other", "The url is urn:other"),
        (("language",), "en", "The main language is not Finnish"),
        (("item", 0, "_text"), {}, "'Text of pain' has no sv"),
        (("item", 0, "answerOption", 0, "valueCoding", "_display"), {}, "'NONE' has no en"),
        (("item", 0, "linkId"), "Pain", "the linkId is no name"),
        (("item", 2, "linkId"), "pain", "(linkId pain) stands twice"),
        (("item", 2, "enableWhen"), [{"question": "x", "operator": "=", "answerInteger": 1}], "which is no item"),
        (("item", 2, "type"), "number", "has type 'number'"),
        (("item", 2, "extension"), [expression("calculatedExpression", "1 +")], "is not FHIRPath at character"),
        (("item", 2, "extension"), [expression("calculatedExpression", "%y")], "%y is declared nowhere"),
    ],
)
def test_a_fault_of_the_questions_is_told_with_its_file_and_line(
    county: County, tmp_path: Path, path: tuple[Any, ...], value: Any, what: str
) -> None:
    faults = judged(county, tmp_path, RECORD, changed(path, value, QUESTIONS))
    [fault] = [each for each in faults if what in each.what][:1]
    assert Path(fault.file).name == "questionnaire.json"
    assert path[0] != "item" or fault.line > 1


def test_a_hidden_question_that_has_to_be_answered_is_a_fault(county: County, tmp_path: Path) -> None:
    hidden = {
        **QUESTIONS["item"][2],
        "required": True,
        "extension": [extension("questionnaire-hidden", valueBoolean=True)],
    }
    faults = judged(county, tmp_path, RECORD, changed(("item", 2), hidden, QUESTIONS))
    assert ["required but hidden" in each.what for each in faults] == [True]


def test_a_countys_own_file_replaces_ours_and_the_other_stays(county: County, tmp_path: Path) -> None:
    below = written(tmp_path / "below", RECORD, QUESTIONS)
    over = tmp_path / "over" / "forms" / "sample"
    over.mkdir(parents=True)
    (over / "form.yaml").write_text(yaml.safe_dump({**RECORD, "owner": "Another"}, allow_unicode=True), "utf-8")
    forms, faults = content.read_forms(replace(county, roots=(below, tmp_path / "over")))
    assert faults == []
    assert forms["sample"].record.owner == "Another"
    assert forms["sample"].questionnaire.title("sv") == "Otsikko sv"


def test_scores_are_null_until_what_they_need_is_answered(county: County) -> None:
    sample = opened(county)
    page = sample.begin()
    result = sample.judged(page, DAY)
    assert result.scores["points"].value is None
    assert result.scores["points"].klass is None
    assert result.main is not None
    assert result.main.record.outcome == "home"


def test_the_most_urgent_outcome_decides_and_says_why_in_each_language(county: County) -> None:
    sample = opened(county)
    page = sample.begin()
    page.fill({"pain": "much", "signs": ["numb"], "weeks": 8})
    result = sample.judged(page, DAY)
    assert [each.record.outcome for each in result.outcomes] == ["call", "later", "home"]
    assert [each.record.outcome for each in result.stops] == ["call"]
    assert result.main is not None
    assert result.main.reason("fi") == "NUMB, 8 (Suomi)"
    assert result.main.reason("sv") == "8"
    assert result.main.reason("en") == "8 weeks"
    assert result.main.urgency_label("sv") == "Genast"
    assert result.main.record.within == (2, "hours")


def test_braces_that_a_person_writes_are_not_filled_in(county: County) -> None:
    sample = opened(county)
    page = sample.begin()
    page.fill({"story": "{points} {signs}", "signs": ["numb"], "pain": "some"})
    result = sample.judged(page, DAY)
    assert result.main is not None
    assert "{" not in result.main.reason("fi")


def test_a_response_becomes_an_assessment_without_free_text(county: County) -> None:
    sample = opened(county)
    page = sample.begin()
    page.fill({"pain": "much", "signs": ["numb", "fever"], "weeks": 8, "story": "Matti Meikäläinen"})
    record = assessment.record(
        sample, page, sample.judged(page, DAY), assessment_id="1", person="p", assessed_on=DAY, unit="u"
    )
    answers = {each["variable"]: (each["value"], each["number"]) for each in record["answers"]}
    assert answers == {
        "pain": ("much", "3"),
        "signs": ("2", "2"),
        "signs.numb": ("true", "5"),
        "signs.fever": ("true", "1"),
        "weeks": ("8", "8"),
        "points": ("9", "9"),
        "points.class": ("high", None),
        "kind": ("grave", None),
        "kind.class": ("grave", None),
        "outcome": ("call", None),
    }
    assert (record["instrument"], record["assessed_on"], record["locked"]) == ("OTHER", "2026-11-22", True)
    assert "Matti" not in wire.dumps(record)


def test_marked_answers_become_observations_by_the_code_of_their_question() -> None:
    marked = {"url": SDC + "observationExtract", "valueBoolean": True}
    unit = extension("questionnaire-unit", valueCoding={"system": "urn:u", "code": "kg"})
    coded = {"code": [{"system": "http://loinc.org", "code": "29463-7"}]}
    questions = form(
        item("g", "group", item("w", "decimal", extension=[unit], **coded), item("no", "decimal"), extension=[marked]),
        {**choice("c", "x"), **coded},
    )
    page = Filling(questions)
    page.fill({"w": "80,5", "no": 1, "c": "x"})
    [found] = extracting.observations(page, subject={"reference": "Patient/1"})
    assert found["valueQuantity"] == {"value": Decimal("80.5"), "unit": "kg", "system": "urn:u", "code": "kg"}
    assert found["code"]["coding"] == coded["code"]
    assert found["subject"] == {"reference": "Patient/1"}
    assert [each.get("valueCodeableConcept") for each in extracting.observations(page, coded=True)][1] == {
        "coding": [{"code": "x", "display": "X"}]
    }


def test_a_new_form_begins_with_what_is_known() -> None:
    link = {"url": SDC + "observationLinkPeriod", "valueDuration": {"value": 1, "code": "a"}}
    code = {"system": "http://loinc.org", "code": "29463-7"}
    patient = {"resourceType": "Patient", "gender": "female", "birthDate": "1990-05-01"}
    sex = {**choice("sex", "male", "female"), "extension": [expression("initialExpression", "%patient.gender")]}
    questions = form(
        sex,
        item("born", "date", extension=[expression("initialExpression", "%patient.birthDate")]),
        item("weight", "decimal", code=[code], extension=[link]),
        item("start", "integer", initial=[{"valueInteger": 7}]),
        extension=[extension("launchContext", extension=[{"url": "name", "valueCoding": {"code": "patient"}}])],
    )
    observed = [
        {"code": {"coding": [code]}, "effectiveDateTime": day, "valueQuantity": {"value": Decimal(value)}}
        for day, value in (("2024-01-01", 90), ("2026-05-01", 70), ("2026-03-01", 71))
    ]
    now = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
    page = Filling(questions, context={"patient": patient}, observations=observed, now=now)
    values = {path: next(iter(answers[0].values())) for path, _, answers in page.standing()}
    assert values["sex"]["code"] == "female"
    assert (values["born"], values["weight"], values["start"]) == ("1990-05-01", 70, 7)
    assert Filling(questions, now=now).faults == ()


def test_two_versions_are_compared_item_by_item_and_text_by_text() -> None:
    old = form(choice("a", "x", "y", weights=(0, 1)), item("b"), item("c", "integer"), version="1")
    new_a = {**choice("a", "x", "z", weights=(2, 1)), "required": True, "_text": translated("Kysymys")}
    new = form(item("c", "decimal"), new_a, item("g", "group", item("d")), version="2")
    found = {(each.kind, each.link_id, each.what) for each in comparing.changes(old, new)}
    assert found == {
        ("changed", "", "version"),
        ("moved", "a", ""),
        ("moved", "c", ""),
        ("changed", "c", "type"),
        ("changed", "a", "required"),
        ("changed", "a", "text.sv"),
        ("changed", "a", "text.en"),
        ("changed", "a", "option x weight"),
        ("added", "a", "option z"),
        ("removed", "a", "option y"),
        ("added", "g", ""),
        ("added", "d", ""),
        ("removed", "b", ""),
    }
    assert comparing.changes(old, old) == ()


def test_what_is_no_questionnaire_is_refused_with_the_place() -> None:
    for raw, what in (
        ([], "JSON object"),
        ({"resourceType": "Patient"}, "This is Patient"),
        ({"resourceType": "Questionnaire", "item": {}}, "item is no list"),
        ({"resourceType": "Questionnaire", "item": [{"type": "string"}]}, r"item\[0\] has no linkId"),
        ({"resourceType": "Questionnaire", "item": [{"linkId": "a", "item": [3]}]}, r"item\[0\].item is no list"),
        ({"resourceType": "Questionnaire", "item": [item("a", enableWhen=[{"question": "b"}])]}, "needs question"),
    ):
        with pytest.raises(questionnaire.FormError, match=what):
            questionnaire.read(raw)


def test_the_record_reads_numbers_and_limits_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "form.yaml"
    path.write_text(yaml.safe_dump({**RECORD, "ages": {"from": "18"}}, allow_unicode=True), "utf-8")
    record, _, faults = read_record(path, FormRecord)
    assert faults == []
    assert record is not None
    assert (record.ages and record.ages.since, record.demonstration) == (18, True)
