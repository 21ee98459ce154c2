"""What people fill in: signing in, finding a person, breaking the glass, mandates, giving a role, searching the log."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from luotsi.concepts.identifiers import hetu_fault, normal_hetu
from luotsi.web.people.actions import BREAK_GLASS_HOURS
from luotsi.web.people.models import Mandate
from luotsi.web.people.permissions import Role
from luotsi.web.people.words import MANDATE_SOURCES, MANDATES, ROLES, SECTORS, WHOLE_COUNTY, units

COUNTY = "*"
"""What stands for the whole county where a unit is chosen, so that leaving the choice out gives nothing."""
GRANTED = [role for role in Role if role != Role.RESIDENT]


def _code(value: str) -> str:
    code = normal_hetu(value)
    if code and hetu_fault(code):
        raise forms.ValidationError(_("This is not a personal identity code. Check it, as in 010190-900P."))
    return code


class Day(forms.DateInput):
    """A day, by the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PasswordForm(forms.Form):
    """Signing in with a password."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"})
    )
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False
    )


class IdentifyForm(forms.Form):
    """Showing again who one is, with the password."""

    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False
    )


class FindForm(forms.Form):
    """Finding one person."""

    code = forms.CharField(
        label=_("Personal identity code"),
        max_length=11,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """The code, normalised; an error when it is not one."""
        return _code(self.cleaned_data["code"])


class BreakGlassForm(forms.Form):
    """Reading a person's data without a care relationship."""

    reason = forms.CharField(
        label=_("Why do you need these data now?"),
        help_text=_("The resident and the privacy officer see the reason, your name and the time."),
        max_length=500,
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    hours = forms.TypedChoiceField(
        label=_("For how many hours?"),
        choices=[(str(hours), str(hours)) for hours in (1, 2, 4, 8, BREAK_GLASS_HOURS)],
        coerce=int,
    )


class MandateForm(forms.Form):
    """Recording who may act for a person."""

    code = forms.CharField(
        label=_("Personal identity code of the one who acts"),
        max_length=11,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.TypedChoiceField(
        label=_("As what"), choices=list(MANDATES.items()), coerce=Mandate.Kind, widget=forms.RadioSelect
    )
    covers = forms.MultipleChoiceField(
        label=_("Covers matters of"), choices=list(SECTORS.items()), widget=forms.CheckboxSelectMultiple
    )
    source = forms.TypedChoiceField(
        label=_("Where the right was seen"), choices=list(MANDATE_SOURCES.items()), coerce=Mandate.Source
    )
    since = forms.DateField(label=_("First day"), widget=Day(), required=False)
    until = forms.DateField(label=_("Last day"), widget=Day(), required=False)

    def clean_code(self) -> str:
        """The code, normalised; an error when it is not one."""
        return _code(self.cleaned_data["code"])


class GrantForm(forms.Form):
    """Giving a role."""

    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, ROLES[role]) for role in GRANTED])
    unit = forms.ChoiceField(label=_("Where"))
    since = forms.DateField(label=_("First day"), widget=Day(), required=False)
    until = forms.DateField(label=_("Last day"), widget=Day(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [("", _("Choose")), (COUNTY, WHOLE_COUNTY), *units().items()]
        cast("forms.ChoiceField", self.fields["unit"]).choices = places

    def clean_unit(self) -> str:
        """The code of the unit, "" for the whole county."""
        chosen = self.cleaned_data["unit"]
        return "" if chosen == COUNTY else chosen


class LogForm(forms.Form):
    """Searching the access log."""

    code = forms.CharField(
        label=_("Personal identity code of the person"),
        max_length=11,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    email = forms.EmailField(label=_("E-mail address of the reader"), required=False)
    since = forms.DateField(label=_("First day"), widget=Day(), required=False)
    until = forms.DateField(label=_("Last day"), widget=Day(), required=False)

    def clean_code(self) -> str:
        """The code, normalised, or ""; an error when it is not one."""
        return _code(self.cleaned_data["code"])

    def clean(self) -> dict[str, Any]:
        """What is searched by; an error when that is nothing, as the whole log is for no one to browse."""
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("code") and not cleaned.get("email"):
            raise forms.ValidationError(_("Give a person or a reader to search by."))
        return cleaned
