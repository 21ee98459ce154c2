"""What is filled to make a link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luotsi.web.people import words as people
from luotsi.web.people.forms import COUNTY, Day

MOST_DAYS = 366


class LinkForm(forms.Form):
    """A new link."""

    form = forms.ChoiceField(label=_("Form"))
    name = forms.CharField(label=_("What is asked, and of whom"), max_length=100)
    unit = forms.ChoiceField(label=_("Unit"))
    once = forms.ChoiceField(
        label=_("Who answers"),
        choices=[
            ("", _("Each who has the link, on their own")),
            ("once", _("One response, which many may fill together")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    until = forms.DateField(label=_("Last day"), widget=Day())

    def __init__(
        self, *args: Any, offered: Sequence[tuple[str, str]], units: frozenset[str] | None, **kwargs: Any
    ) -> None:
        """units: those one may choose; None for all, and the whole county."""
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["form"]).choices = list(offered)
        every = [(COUNTY, people.WHOLE_COUNTY), *people.units().items()]
        own = every if units is None else [(code, people.unit(code)) for code in sorted(units)]
        cast("forms.ChoiceField", self.fields["unit"]).choices = own

    def clean_unit(self) -> str:
        """The code of the unit, "" for the whole county."""
        chosen = self.cleaned_data["unit"]
        return "" if chosen == COUNTY else chosen

    def clean_until(self) -> Any:
        """A day from today on, within a year."""
        day = self.cleaned_data["until"]
        if not 0 <= (day - timezone.localdate()).days <= MOST_DAYS:
            raise forms.ValidationError(_("Choose a day from today on, at most a year ahead."))
        return day
