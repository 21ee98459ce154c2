"""What people fill in besides feedback itself: what it is about, places, invitations, corrections, replies, deeds."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from luotsi.web.feedback import asking, gateways, words
from luotsi.web.feedback.saying import OUTCOMES
from luotsi.web.people import words as people

COUNTY = "*"
"""What stands for the whole county where a unit is chosen, so that leaving the choice out gives nothing."""
UNKNOWN = ("", _("Not known"))


def _offer(form: forms.Form, name: str, options: list[tuple[str, Any]]) -> None:
    cast("forms.ChoiceField", form.fields[name]).choices = options


class AboutForm(forms.Form):
    """What feedback is about, chosen by who gives it."""

    unit = forms.ChoiceField(label=_("Which unit did you deal with?"), required=False)
    service = forms.ChoiceField(label=_("Which service?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "unit", [("", _("Many, or I do not know")), *people.units().items()])
        _offer(self, "service", [("", _("I do not know")), *words.services().items()])


class InUnit(forms.Form):
    """What is done in a unit of the user's own."""

    unit = forms.ChoiceField(label=_("Unit"))

    def __init__(self, *args: Any, units: frozenset[str] | None, **kwargs: Any) -> None:
        """units: those one may choose; None for all, and the whole county."""
        super().__init__(*args, **kwargs)
        if units is None:
            _offer(self, "unit", [(COUNTY, people.WHOLE_COUNTY), *people.units().items()])
        else:
            _offer(self, "unit", [(code, people.unit(code)) for code in sorted(units)])

    def clean_unit(self) -> str:
        """The code of the unit, "" for the whole county."""
        chosen = self.cleaned_data["unit"]
        return "" if chosen == COUNTY else chosen


class PlaceForm(InUnit):
    """A place where feedback is given."""

    name = forms.CharField(
        label=_("Name of the place"), max_length=100, help_text=_("Such as: Waiting room, 2nd floor")
    )
    form = forms.ChoiceField(label=_("Form"))
    service = forms.ChoiceField(label=_("Service"), required=False)
    chain = forms.CharField(label=_("Service chain"), max_length=100, required=False)
    team = forms.CharField(label=_("Team"), max_length=100, required=False)
    provider = forms.RegexField(
        r"^\d{7}-\d$",
        label=_("Provider"),
        required=False,
        help_text=_("Business id, where someone else than the county gives the service."),
        error_messages={"invalid": _("Write the business id as 1234567-8.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(name, words.said(form.record.label)) for name, form in asking.forms().items()]
        _offer(self, "form", sorted(named, key=lambda each: each[0] != asking.VISIT))
        _offer(self, "service", [UNKNOWN, *words.services().items()])


class InviteForm(InUnit):
    """Asking one client. The groups are kept without the address, to see whose voice is missing."""

    to = forms.CharField(
        label=_("Telephone number or e-mail address"),
        max_length=200,
        help_text=_("Used to send the link and not kept."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    form = forms.ChoiceField(label=_("Form"))
    service = forms.ChoiceField(label=_("Service"), required=False)
    age_group = forms.ChoiceField(label=_("Age group"), required=False)
    sex = forms.ChoiceField(label=_("Sex"), required=False)
    language = forms.ChoiceField(label=_("Language"))
    municipality = forms.ChoiceField(label=_("Municipality"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(name, words.said(form.record.label)) for name, form in asking.forms().items()]
        _offer(self, "form", sorted(named, key=lambda each: each[0] != asking.VISIT))
        _offer(self, "service", [UNKNOWN, *words.services().items()])
        _offer(self, "language", [(code, words.codes("language")[code]) for code in ("fi", "sv", "en")])
        for name in ("age_group", "sex", "municipality"):
            known = {code: word for code, word in words.codes(name).items() if code != "total"}
            _offer(self, name, [UNKNOWN, *known.items()])

    def clean_to(self) -> str:
        """The number without spaces, or the address."""
        found = gateways.normal(self.cleaned_data["to"])
        if not found:
            raise forms.ValidationError(_("Write a telephone number, as 040 123 4567, or an e-mail address."))
        return found


class CorrectionForm(forms.Form):
    """What an answer is about, as a professional sees it; the first theme is the main one."""

    main = forms.ChoiceField(label=_("Main theme"))
    themes = forms.MultipleChoiceField(label=_("Other themes"), required=False, widget=forms.CheckboxSelectMultiple)
    mood = forms.ChoiceField(label=_("Mood"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "main", list(words.themes().items()))
        cast("forms.MultipleChoiceField", self.fields["themes"]).choices = list(words.themes().items())
        _offer(self, "mood", list(words.moods().items()))

    @property
    def ordered(self) -> list[str]:
        """The chosen themes, the main one first."""
        said = self.cleaned_data
        return list(dict.fromkeys([said["main"], *said["themes"]]))


class ResolveForm(forms.Form):
    """How a case ended."""

    outcome = forms.ChoiceField(label=_("How did it end?"))
    note = forms.CharField(
        label=_("Note for the unit"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Write nothing that names the client: the contact details are removed when the case ends."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "outcome", [(code, words.outcomes()[code]) for code in OUTCOMES])


class DeedForm(InUnit):
    """What was done after feedback, for everyone to read."""

    text = forms.CharField(
        label=_("What was done, in Finnish"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    text_sv = forms.CharField(
        label=_("In Swedish"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    text_en = forms.CharField(
        label=_("In English"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
