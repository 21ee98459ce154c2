"""Making forms: the list, a draft with its faults, its items, trying it, comparing, approving, export.

Scores, outcomes and examples are changed in making_parts.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luotsi.concepts.errors import UserError
from luotsi.forms import comparing, judging, wire
from luotsi.forms.content import Form
from luotsi.web.assessments import published, saving, telling
from luotsi.web.assessments.drawn import Answered, drawn
from luotsi.web.assessments.making import actions, editing
from luotsi.web.assessments.making.forms import (
    AddForm,
    HeadForm,
    ImportForm,
    ItemForm,
    RawForm,
    spread,
    words,
)
from luotsi.web.assessments.models import FormState, FormVersion
from luotsi.web.assessments.views.arriving import language
from luotsi.web.assessments.views.drafts import judged, saved, texts_of, version_of
from luotsi.web.assessments.views.making_parts import listed
from luotsi.web.people.permissions import may, permitted
from luotsi.web.people.sessions import signed_in

READ = ("GET", "HEAD")


@never_cache
@require_http_methods([*READ, "POST"])
@permitted("form.edit")
def makers(request: HttpRequest) -> HttpResponseBase:
    """Every form with its versions; a draft from one of them, or from a questionnaire of others."""
    form = ImportForm(request.POST if "questionnaire" in request.POST else None)
    if request.method == "POST":
        made = _draft(request, form)
        if made is not None:
            return redirect("made_form", pk=made.pk)
    rows = FormVersion.objects.select_related("author").order_by("form", "shipped", "-pk")
    told = [{"version": each, "title": each.record["label"].get(language(), each.form)} for each in rows]
    waiting = [each for each in told if each["version"].state == FormState.WAITING]
    drafts = [each for each in told if each["version"].state == FormState.DRAFT]
    offered = {each.version.pk for each in published.offered()}
    shown = [each for each in told if each["version"].pk in offered]
    context = {"waiting": waiting, "drafts": drafts, "offered": shown, "form": form}
    return render(request, "assessments/making/makers.html", context)


def _draft(request: HttpRequest, form: ImportForm) -> FormVersion | None:
    """A new draft, from a version that is there or from JSON; None where it cannot be made, with its reason."""
    try:
        if form.is_bound:
            if not form.is_valid():
                return None
            raw = wire.loads(form.cleaned_data["questionnaire"])
            _name, record = editing.imported(raw)
        else:
            given = request.POST.get("from", "")
            raw, record = texts_of(version_of(int(given) if given.isdecimal() and len(given) < 10 else 0))
            record["version"] = raw["version"] = editing.next_version(str(record["version"]))
        return actions.draft_form(by=signed_in(request), questionnaire=wire.dumps(raw, indent=2), record_of=record)
    except UserError as fault:
        messages.error(request, str(fault))
        return None


@never_cache
@require_safe
@permitted("form.edit")
def made_form(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A version: its items, outcomes, faults and examples, and what can be done with it."""
    version = version_of(pk)
    raw, _record = texts_of(version)
    form = published.form_of(version)
    faults = judging.check_form(form, published.county())
    user = signed_in(request)
    context = {
        "version": version,
        "title": telling.label(form.record.label, language()),
        "items": [
            {"depth": depth, "item": item, "text": editing.said(item)[language()] or editing.said(item)["fi"]}
            for depth, item in editing.walk(raw)
        ],
        "computed": listed(version, form, bool(faults)),
        "faults": faults,
        "editable": version.state == FormState.DRAFT,
        "approvable": version.state == FormState.WAITING and may(user, "form.approve") and version.author != user,
        "add_form": AddForm(),
    }
    return render(request, "assessments/making/made_form.html", context)


@never_cache
@require_http_methods([*READ, "POST"])
@permitted("form.edit")
def made_item(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One item of a draft, named by ?item=."""
    version, link = version_of(pk), request.GET.get("item", "")
    raw, record = texts_of(version)
    try:
        item = editing.found(raw, link)
    except UserError:
        raise Http404 from None
    form = ItemForm(request.POST or None, initial=_item_words(item))
    if request.method == "POST" and form.is_valid():
        try:
            _change_item(raw, item, form.cleaned_data)
        except UserError as fault:
            form.add_error(None, str(fault))
        else:
            if saved(request, version, (raw, record)):
                return redirect("made_form", pk=pk)
    context = {"version": version, "form": form, "heading": f"{link} ({item.get('type')})"}
    return render(request, "assessments/making/edit.html", context)


def _item_words(item: dict[str, Any]) -> dict[str, Any]:
    return {
        **spread("text", editing.said(item)),
        "required": item.get("required", False),
        "repeats": item.get("repeats", False),
        "options": editing.option_lines(item),
        "conditions": editing.condition_lines(item),
        "all_of": item.get("enableBehavior") == "all",
    }


def _change_item(raw: dict[str, Any], item: dict[str, Any], filled: dict[str, Any]) -> None:
    """Sets what the page says of an item. What the item did not say and the page leaves out is not written."""
    editing.say(item, words(filled, "text"))
    conditions = editing.conditions_of(filled["conditions"], raw)
    several = len(conditions) > 1
    wanted: dict[str, Any] = {
        "required": filled["required"],
        "repeats": filled["repeats"],
        "enableWhen": conditions,
        "enableBehavior": "" if not several else "all" if filled["all_of"] else "any",
    }
    if filled["options"] != editing.option_lines(item):
        wanted["answerOption"] = editing.options_of(filled["options"], item.get("answerOption", []))
    for word, value in wanted.items():
        if value:
            item[word] = value
        elif item.get(word):
            del item[word]


@require_POST
@permitted("form.edit")
def change_items(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Adds, removes or moves an item of a draft."""
    version = version_of(pk)
    raw, record = texts_of(version)
    what, _space, link = request.POST.get("do", "").partition(" ")
    changes: dict[str, Callable[[], dict[str, Any]]] = {
        "add": lambda: editing.add(raw, link, request.POST.get("link", ""), request.POST.get("kind", "")),
        "remove": lambda: editing.remove(raw, link),
        "up": lambda: editing.move(raw, link, -1),
        "down": lambda: editing.move(raw, link, 1),
    }
    try:
        if what in changes:
            saved(request, version, (changes[what](), record))
    except UserError as fault:
        messages.error(request, str(fault))
    return redirect("made_form", pk=pk)


@never_cache
@require_http_methods([*READ, "POST"])
@permitted("form.edit")
def made_head(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What a draft is called and for."""
    version = version_of(pk)
    raw, record = texts_of(version)
    begun = {name: record.get(name) for name in ("version", "minutes", "demonstration")}
    begun |= {**spread("label", record["label"]), **spread("about", record["about"])}
    form = HeadForm(request.POST or None, initial=begun)
    if request.method == "POST" and form.is_valid():
        filled = form.cleaned_data
        record |= {name: filled[name] for name in ("version", "minutes", "demonstration")}
        record["label"], record["about"] = words(filled, "label"), words(filled, "about")
        raw["version"] = filled["version"]
        editing.say(raw, record["label"], "title")
        if saved(request, version, (raw, record)):
            return redirect("made_form", pk=pk)
    context = {"version": version, "form": form, "heading": _("Name and purpose")}
    return render(request, "assessments/making/edit.html", context)


@never_cache
@require_http_methods([*READ, "POST"])
@permitted("form.edit")
def made_raw(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The texts of a draft as they are, for what no page can change."""
    version = version_of(pk)
    begun = {"questionnaire": version.questionnaire, "record": wire.dumps(version.record, indent=2)}
    form = RawForm(request.POST or None, initial=begun)
    if request.method == "POST" and form.is_valid():
        try:
            texts = (wire.loads(form.cleaned_data["questionnaire"]), wire.loads(form.cleaned_data["record"]))
        except UserError as fault:
            form.add_error(None, str(fault))
        else:
            if saved(request, version, texts):
                return redirect("made_form", pk=pk)
    context = {"version": version, "form": form, "heading": _("Raw texts")}
    return render(request, "assessments/making/edit.html", context)


@never_cache
@require_http_methods([*READ, "POST"])
@permitted("form.edit")
def try_form(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The form as a person sees it, in a language, with its result. Nothing is kept."""
    version = version_of(pk)
    form = published.form_of(version)
    asked = request.GET.get("language", language())
    shown_in = asked if asked in editing.LANGUAGES else language()
    page = form.begin(context={"patient": {"resourceType": "Patient"}})
    answers = saving.texts(dict(request.POST.lists()))
    taken = saving.take(page, answers, {}, {}, shown_in)
    result, told = judged(form, page)
    problems = (*taken.problems, *page.problems(shown_in, missing=False))
    context = {
        **telling.about(form, shown_in),
        "version": version,
        "fields": drawn(page.shown(shown_in), shown_in, Answered(taken.typed, problems)),
        "languages": [(text, f"?language={text}") for text in editing.LANGUAGES],
        "current": f"?language={shown_in}",
        "shown_in": shown_in,
        "outcomes": [telling.said(each, shown_in) for each in result.outcomes],
        "scales": [telling.scale(each, shown_in) for each in result.scores.values() if each.value is not None],
        "faults": [*page.faults, *told],
    }
    return render(request, "assessments/making/try.html", context)


@never_cache
@require_safe
@permitted("form.edit")
def compare_form(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What differs from the version that is offered now."""
    version = version_of(pk)
    offered = published.newest(version.form)
    before: Form | None = offered.form if offered and offered.version.pk != pk else None
    now = published.form_of(version)
    changes = comparing.changes(before.questionnaire, now.questionnaire) if before else ()
    told = [{**vars(each), "old": _short(each.old), "new": _short(each.new)} for each in changes]
    record = _record_changes(offered.version.record, version.record) if before and offered else []
    context = {"version": version, "offered": offered, "changes": told, "record": record}
    return render(request, "assessments/making/compare.html", context)


def _record_changes(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The words of the two records that differ, with what they say."""
    names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    return [(name, _short(old.get(name)), _short(new.get(name))) for name in names]


def _short(value: Any) -> str:
    text = "" if value is None else value if isinstance(value, str) else wire.dumps(value)
    return text if len(text) <= 600 else text[:600] + " …"


@never_cache
@require_safe
@permitted("form.edit")
def export_form(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The FHIR Questionnaire as it was given."""
    version = version_of(pk)
    response = HttpResponse(version.questionnaire, content_type="application/fhir+json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{version.form}-{version.pk}.json"'
    return response


@require_POST
@permitted("form.edit")
def ask_approval(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Sends a draft for approval."""
    return _done(request, pk, actions.ask_approval, _("The form waits for another to approve it."))


@require_POST
@permitted("form.approve")
def decide_form(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Approves and publishes a form, sends it back, or withdraws it."""
    ways: dict[str, tuple[Callable[..., FormVersion], str]] = {
        "approve": (actions.approve_form, _("The form is published.")),
        "return": (actions.send_back, _("The form is a draft again.")),
        "withdraw": (actions.withdraw_form, _("The form is offered no more.")),
    }
    way = ways.get(request.POST.get("decision", ""))
    return _done(request, pk, *way) if way else redirect("made_form", pk=pk)


def _done(request: HttpRequest, pk: int, act: Callable[..., FormVersion], words: str) -> HttpResponseBase:
    version = version_of(pk)
    try:
        act(by=signed_in(request), version=version.pk)
        messages.success(request, words)
    except UserError as fault:
        messages.error(request, str(fault))
    return redirect("made_form", pk=pk)
