"""Notes: the list of all that stand, pinning one, taking one off."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luotsi.web.desk import actions, comparing, headlines, periods, readings, words
from luotsi.web.desk import filters as choosing
from luotsi.web.desk import notes as standing
from luotsi.web.desk.filters import Filters
from luotsi.web.desk.forms import NoteForm
from luotsi.web.desk.models import Note
from luotsi.web.desk.views.arriving import Here, missing, on_release, page
from luotsi.web.people.models import User
from luotsi.web.people.permissions import may, permitted
from luotsi.web.results import queries as results
from luotsi.web.results.queries import Definition


@require_safe
@permitted("note.read")
@on_release
def notes(request: HttpRequest, here: Here) -> HttpResponse:
    """Every note that stands, newest first, with what has come after it; the address may narrow to a unit."""
    found = standing.follow(here.release, standing.standing(unit=here.filters.unit or None))
    removable = {each.note.pk for each in found if may(here.user, "note.remove", unit=each.note.unit)}
    return page(request, here, "notes", {"found": found, "removable": removable})


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("note.pin")
@on_release
def new(request: HttpRequest, here: Here) -> HttpResponse:
    """The form of a note to the measure of the address; its sending pins it."""
    measure = results.definition(here.release, request.GET.get("measure", ""))
    if measure is None:
        return missing(
            request, _("There is no such measure in this release"), _("Choose a measure and pin the note there.")
        )
    form = _form(request, here, measure)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        actions.pin_note(
            by=here.user,
            kind=said["kind"],
            measure=measure.measure,
            period=said["period"],
            unit=said["unit"],
            text=said["text"],
            target=_in_unit(said["target"], measure),
            due_on=said["due_on"],
        )
        messages.success(request, _("The note is pinned."))
        query = Filters(unit=said["unit"], grain=periods.grain(said["period"])).query()
        return redirect(f"{reverse('measure', args=[measure.measure])}{query}#notes")
    status = 422 if form.is_bound else 200
    return render(request, "desk/new_note.html", {"form": form, "measure": measure, "here": here}, status=status)


@require_POST
@permitted("note.remove")
def remove(request: HttpRequest, note: uuid.UUID) -> HttpResponse:
    """Takes a note off."""
    found = Note.objects.filter(note_id=note).first()
    if found is None:
        return missing(request, _("There is no such note"), _("It may have been taken off already."))
    actions.remove_note(by=cast(User, request.user), note=found)
    messages.success(request, _("The note is taken off."))
    return redirect("notes")


def _in_unit(target: float | None, measure: Definition) -> float | None:
    """A target as written, in the measure's unit: shares are written as per cent."""
    return target / 100 if target is not None and measure.unit == "share" else target


def _form(request: HttpRequest, here: Here, measure: Definition) -> NoteForm:
    grain = periods.named(here.filters.grain)
    grain = grain if grain in measure.periods else headlines.finest(measure)
    known = comparing.choices(here.release, grain or "year")
    asked = request.GET.get("period", "")
    begun: dict[str, Any] = {
        "unit": here.filters.unit,
        "period": asked if asked in known else known[0] if known else "",
    }
    return NoteForm(
        request.POST or None,
        initial=begun,
        units=_units(here, measure),
        periods=[(each, periods.label(each)) for each in known],
    )


def _units(here: Here, measure: Definition) -> list[tuple[str, str]]:
    """The whole county and the units that the reader may pin to, where the measure is told by unit."""
    whole = [("", words.group(here.release, ""))] if may(here.user, "note.pin", unit="") else []
    if not readings.published(measure, frozenset({"unit"})):
        return whole
    units = choosing.options(here.release, "unit")
    return [*whole, *((code, text) for code, text in units if may(here.user, "note.pin", unit=code))]
