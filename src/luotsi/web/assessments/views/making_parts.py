"""Pages of what is computed of a form being made: a score with its classes, an outcome, a worked example.

Each page changes one of them; a list of them is moved and shortened by change_parts. How the record changes stands in
making/parts.py.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from luotsi.concepts.errors import UserError
from luotsi.forms import examples, naming, wire
from luotsi.forms.content import Form
from luotsi.forms.filling import Filling
from luotsi.forms.outcomes import Result, in_language
from luotsi.forms.records import URGENCIES, Example
from luotsi.web.assessments import published, saving, telling
from luotsi.web.assessments.drawn import Answered, drawn
from luotsi.web.assessments.making import parts
from luotsi.web.assessments.making.forms import spread, words
from luotsi.web.assessments.making.part_forms import ExampleForm, OutcomeForm, ScoreForm, class_rows, classes_of, plain
from luotsi.web.assessments.models import FormVersion
from luotsi.web.assessments.saving import Taken
from luotsi.web.assessments.views.arriving import language
from luotsi.web.assessments.views.drafts import judged, saved, texts_of, version_of
from luotsi.web.people.permissions import permitted

READ = ("GET", "HEAD")
SALT = "luotsi.assessments.example"
NEW = "new"
"""In the address of an example: one that is not there yet."""


@require_POST
@permitted("form.edit")
def change_parts(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Moves or removes a score, an outcome or an example of a draft, or leads to the page of a new one."""
    version = version_of(pk)
    raw, record = texts_of(version)
    what, part, key = [*request.POST.get("do", "").split(" ", 2), "", ""][:3]
    if part not in parts.PARTS:
        return redirect("made_form", pk=pk)
    try:
        if what == "add":
            name = parts.named(raw, record, part, request.POST.get("name", ""))
            return redirect("made_score" if part == "scores" else "made_outcome", pk, name)
        if what == "remove":
            saved(request, version, (raw, parts.remove(record, part, key)))
        elif what in ("up", "down"):
            saved(request, version, (raw, parts.move(record, part, key, -1 if what == "up" else 1)))
    except UserError as fault:
        messages.error(request, str(fault))
    return redirect("made_form", pk=pk)


@never_cache
@require_http_methods([*READ, "POST"])
@permitted("form.edit")
def made_score(request: HttpRequest, pk: int, score: str) -> HttpResponseBase:
    """One score of a draft with its classes; one that is not there yet is added last."""
    version = version_of(pk)
    raw, record = texts_of(version)
    said = (record.get("scores") or {}).get(score) or {"label": {}, "classes": []}
    begun = {name: said.get(name) for name in ("value", "least", "most")} | spread("label", said["label"])
    form = ScoreForm(request.POST or None, initial=begun)
    rows = class_rows(request.POST or None, said.get("classes") or [])
    if request.method == "POST" and all((form.is_valid(), rows.is_valid())):
        filled = form.cleaned_data
        new = {
            "label": words(filled, "label"),
            "value": filled["value"],
            "least": plain(filled["least"]),
            "most": plain(filled["most"]),
            "classes": classes_of(rows),
        }
        if saved(request, version, (raw, parts.put(record, "scores", score, new))):
            return redirect(request.path) if "more" in request.POST else redirect("made_form", pk=pk)
    context = {"version": version, "form": form, "rows": rows, "heading": score}
    return render(request, "assessments/making/score.html", context | _names(version, before=score))


@never_cache
@require_http_methods([*READ, "POST"])
@permitted("form.edit")
def made_outcome(request: HttpRequest, pk: int, outcome: str) -> HttpResponseBase:
    """One outcome of a draft; one that is not there yet is added."""
    version = version_of(pk)
    raw, record = texts_of(version)
    listed = record.get("outcomes") or ()
    said = next((each for each in listed if each["outcome"] == outcome), {"action": {}, "reason": {}})
    begun = {name: said.get(name) for name in ("when", "urgency", "stop", "queue", "answer_within")}
    begun |= {**spread("action", said["action"]), **spread("reason", said["reason"])}
    begun["services"] = ", ".join(said.get("services", ()))
    queues = [(name, telling.label(each.label, language())) for name, each in published.county().queues.items()]
    form = OutcomeForm(request.POST or None, initial=begun, queues=queues, urgencies=_urgencies(version))
    if request.method == "POST" and form.is_valid():
        filled = form.cleaned_data
        new = {name: filled[name] or None for name in ("when", "urgency", "queue", "answer_within")}
        new |= {"outcome": outcome, "stop": filled["stop"]}
        new |= {"action": words(filled, "action"), "reason": words(filled, "reason")}
        new["services"] = [each.strip() for each in filled["services"].split(",") if each.strip()]
        if saved(request, version, (raw, parts.put(record, "outcomes", outcome, new))):
            return redirect("made_form", pk=pk)
    context = {"version": version, "form": form, "heading": outcome}
    return render(request, "assessments/making/outcome.html", context | _names(version))


def _urgencies(version: FormVersion) -> list[tuple[str, str]]:
    declared = published.form_of(version).record.urgencies or URGENCIES
    return [(each.urgency, in_language(each.label, language())) for each in declared]


@dataclass(frozen=True)
class Word:
    """A name that an expression may use, with the question it stands for and what it can be."""

    name: str
    text: str
    type: str
    options: tuple[tuple[str, str], ...] = ()


def _names(version: FormVersion, before: str = "") -> dict[str, list[Word]]:
    """The names that expressions may use: answers, and the scores that come before one (all where it is none)."""
    form = published.form_of(version)
    found: list[Word] = []
    for item in naming.nameable(form.questionnaire):
        options = form.lists.options(form.questionnaire, item) or ()
        said = tuple((each.key, each.text(language())) for each in options)
        boxes = item.is_choice and item.repeats
        kind = "boxes" if boxes else "choice" if item.is_choice else form.names[item.link_id, None]
        found.append(Word(item.link_id, item.text(language()), kind, said))
    for name, score in form.record.scores.items():
        if name == before:
            break
        classes = tuple((each.code, in_language(each.label, language())) for each in score.classes)
        found.append(Word(name, in_language(score.label, language()), "score", classes))
    return {"names": found}


# examples


@never_cache
@require_http_methods([*READ, "POST"])
@permitted("form.edit")
def made_example(request: HttpRequest, pk: int, example: str) -> HttpResponseBase:
    """One worked example of a draft: the form with its answers, what they give now, and what they must give."""
    version = version_of(pk)
    raw, record = texts_of(version)
    listed = record.get("examples") or []
    if example != NEW and not (example.isdecimal() and int(example) < len(listed)):
        raise Http404
    said: dict[str, Any] = {"name": "", "expect": {}, "answers": {}} if example == NEW else listed[int(example)]
    form = published.form_of(version)
    keys = _keys(form, said.get("expect") or {})
    filled = ExampleForm(request.POST or None, initial=_begun(said, [key for key, *_rest in keys]), keys=keys)
    page, taken = _page(request, form, said)
    if request.method == "POST" and request.POST.get("do", "") == "save" and filled.is_valid():
        try:
            new = _example(form, filled, page, taken, said)
        except UserError as fault:
            filled.add_error("lines", str(fault))
        else:
            if saved(request, version, (raw, parts.put(record, "examples", example, new))):
                return redirect("made_form", pk=pk)
    now = _now(form, page, [key for key, *_rest in keys])
    if request.POST.get("do") == "expect":
        filled = ExampleForm(_with_now(request, now), keys=keys)
    context = {
        "version": version,
        "form": filled,
        "heading": said["name"] or _("New example"),
        "fields": drawn(page.shown(language()), language(), Answered(taken.typed, taken.problems), level=3),
        "expected": [(filled[f"is_{key}"], now["given"].get(key, "")) for key, *_rest in keys],
        "faults": now["faults"],
        "kept": signing.dumps(wire.dumps(page.kept()), salt=SALT, compress=True),
    }
    return render(request, "assessments/making/example.html", context)


def _begun(said: dict[str, Any], keys: list[str]) -> dict[str, Any]:
    """What the fields of an example's page hold at first."""
    patient, expect = said.get("patient") or {}, said.get("expect") or {}
    stands = {key: "" if value is None else str(value) for key, value in expect.items() if key in keys}
    return {
        "name": said["name"],
        "on": said.get("on"),
        "gender": patient.get("gender", ""),
        "born": patient.get("birthDate"),
        "lines": parts.expected_lines(expect, keys),
        **{f"is_{key}": text or parts.NOTHING for key, text in stands.items()},
    }


def _keys(form: Form, expect: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """What an example can expect that has a field: the outcome, urgency, scores, classes, and what is calculated."""
    record = form.record
    outcomes = [(each.outcome, f"{each.outcome}: {in_language(each.action, language())}") for each in record.outcomes]
    degrees = [(each.urgency, in_language(each.label, language())) for each in record.urgencies or URGENCIES]
    keys: list[tuple[str, str, Any]] = [("outcome", _("Outcome"), outcomes), ("urgency", _("Urgency"), degrees)]
    for name, score in record.scores.items():
        label = in_language(score.label, language())
        keys.append((name, label, None))
        if score.classes:
            classes = [(each.code, in_language(each.label, language())) for each in score.classes]
            keys.append((f"{name}.{naming.CLASS}", _("Class of: %(score)s") % {"score": label}, classes))
    for item in form.questionnaire.every():
        if item.calculated and not item.repeats:
            keys.append((item.name, item.text(language()) or item.name, None))
    known = [each for each in keys if not isinstance(expect.get(each[0]), list)]
    return [(key, label, _with_old(choices, expect.get(key))) for key, label, choices in known]


def _with_old(choices: Any, value: Any) -> Any:
    """The choices, and a value that is none of them any more, so that it is not lost unseen."""
    if choices is None or value in (None, "") or value in {key for key, _text in choices}:
        return choices
    return [*choices, (str(value), str(value))]


def _page(request: HttpRequest, form: Form, said: dict[str, Any]) -> tuple[Filling, Taken]:
    """The answers of the example as the page has them now, and what was typed that is no answer."""
    example = Example.model_validate({**said, "name": said["name"] or NEW})
    page = examples.begun(form, example)
    if request.method != "POST":
        try:
            wrong = page.fill(example.answers, language())
        except UserError as fault:
            messages.error(request, str(fault))
            return page, Taken()
        answers = {each.path: _written(example.answers.get(each.link_id)) for each in wrong}
        return page, Taken(typed=answers, problems=wrong)
    try:
        kept: Any = wire.loads(signing.loads(request.POST.get("kept", ""), salt=SALT))
    except signing.BadSignature:
        kept = page.kept()
    patient = _patient(request.POST.get("gender", ""), request.POST.get("born", ""))
    context = {"patient": {"resourceType": "Patient", **patient}} if patient else {}
    page = form.begin(kept, context=context, now=_moment(request, form))
    taken = saving.take(page, saving.texts(dict(request.POST.lists())), {}, {}, language())
    what, _space, path = request.POST.get("do", request.POST.get("go", "")).partition(" ")
    try:
        if what == "add":
            page.add(path)
        elif what == "remove":
            page.remove(path)
        elif what in ("up", "down"):
            page.move(path, -1 if what == "up" else 1)
    except UserError as fault:
        messages.error(request, str(fault))
    return page, taken


def _moment(request: HttpRequest, form: Form) -> datetime.datetime:
    try:
        day = datetime.date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        day = form.record.reviewed
    return datetime.datetime.combine(day, datetime.time(12), examples.entry.HERE)


def _written(value: Any) -> list[str]:
    return [str(each) for each in (value if isinstance(value, list) else [value]) if each is not None]


def _patient(gender: str, born: str) -> dict[str, str]:
    return {key: value for key, value in (("gender", gender), ("birthDate", born)) if value}


def _example(form: Form, filled: ExampleForm, page: Filling, taken: Taken, before: dict[str, Any]) -> dict[str, Any]:
    """The example as form.yaml writes it. Raises UserError."""
    data = filled.cleaned_data
    kept = {key: value for key, value in (before.get("patient") or {}).items() if key not in ("gender", "birthDate")}
    patient = {**kept, **_patient(data["gender"], data["born"].isoformat() if data["born"] else "")}
    new: dict[str, Any] = {"name": data["name"], "on": data["on"].isoformat() if data["on"] else None}
    new["patient"] = patient or None
    fresh = examples.begun(form, Example.model_validate({**new, "answers": {}, "expect": {}}))
    new["answers"] = parts.answers_of(page, fresh, taken.typed)
    new["expect"] = parts.expected(filled.expects, data["lines"], before.get("expect") or {})
    return new


def _now(form: Form, page: Filling, keys: list[str]) -> dict[str, Any]:
    """What the answers give now under each key, and what cannot be computed."""
    result, told = judged(form, page)
    given = {key: _given(form, page, result, key) for key in keys}
    return {"given": given, "faults": [*page.faults, *told]}


def _given(form: Form, page: Filling, result: Result, key: str) -> str:
    found = examples.given(form, page, result, key, [])
    return "" if found is examples.UNKNOWN or found in (None, "") else examples.shown(found)


def _with_now(request: HttpRequest, now: dict[str, Any]) -> Any:
    """What was posted, with what the answers give now as what they must give."""
    data = request.POST.copy()
    for key, text in now["given"].items():
        data[f"is_{key}"] = text or parts.NOTHING
    return data


# the lists of a version's page


@dataclass(frozen=True)
class Row:
    """A score, outcome or example in the list of its version's page."""

    key: str
    text: str
    address: str
    expression: str = ""
    stops: bool = False
    faults: tuple[str, ...] | None = None
    """Of an example: what it does not give as it says; None where it is none, or waits until the form is mended."""


def listed(version: FormVersion, form: Form, faulty: bool) -> dict[str, list[Row]]:
    """What is computed of a form, for the page of its version. `faulty`: examples wait until the form is mended."""

    def at(name: str, key: str) -> str:
        return reverse(name, args=(version.pk, key))

    record, spoken = form.record, language()
    scores = [
        Row(name, in_language(each.label, spoken), at("made_score", name), each.value)
        for name, each in record.scores.items()
    ]
    outcomes = [
        Row(name, in_language(each.action, spoken), at("made_outcome", name), each.when, each.stop)
        for each in record.outcomes
        if (name := each.outcome)
    ]
    given = [
        Row(
            str(at_),
            each.name,
            at("made_example", str(at_)),
            faults=None if faulty else tuple(examples.run(form, each)),
        )
        for at_, each in enumerate(record.examples)
    ]
    return {"scores": scores, "outcomes": outcomes, "examples": given}
