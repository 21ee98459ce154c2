"""What a professional fills in to ask a client for a form before a visit."""

from __future__ import annotations

import datetime
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luotsi.web.people import codes
from luotsi.web.people.words import units


class Moment(forms.DateTimeInput):
    """A day and a time, by the browser's own calendar."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class AskForm(forms.Form):
    """Which form, before which visit, in which unit; of a minor also what guardians see."""

    form = forms.ChoiceField(label=gettext_lazy("Form"))
    visit_at = forms.DateTimeField(label=gettext_lazy("Time of the visit"), widget=Moment())
    unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    minor_mark = forms.ChoiceField(
        label=gettext_lazy("Can the minor decide, and do guardians see this?"), widget=forms.RadioSelect
    )

    def __init__(
        self, *args: Any, offered: list[tuple[str, str]], own_units: list[str], minor: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        named = units()
        choices = {
            "form": offered,
            "unit": [(each, named.get(each, each)) for each in own_units],
            "minor_mark": codes.choices("minor_mark"),
        }
        for name, each in choices.items():
            cast("forms.ChoiceField", self.fields[name]).choices = each
        if not minor:
            del self.fields["minor_mark"]

    def clean_visit_at(self) -> datetime.datetime:
        """A visit that is still to come."""
        at: datetime.datetime = self.cleaned_data["visit_at"]
        if at <= timezone.now():
            raise forms.ValidationError(_("The visit has to be in the future."))
        return at
