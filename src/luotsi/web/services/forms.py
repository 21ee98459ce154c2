"""The forms of keepers and of the county: an entry, a decision, a new keeper. Fields bear the spreadsheet's columns."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from luotsi.web.services import mapping, queries, shown
from luotsi.web.services.models import Organisation


class EntryForm(forms.Form):
    """A service as its keeper writes it."""

    nimi_fi = forms.CharField(label=_("Name in Finnish"), max_length=200)
    nimi_sv = forms.CharField(label=_("Name in Swedish"), max_length=200, required=False)
    nimi_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    kuvaus_fi = forms.CharField(label=_("What it is, in Finnish"), max_length=2000, widget=forms.Textarea({"rows": 4}))
    kuvaus_sv = forms.CharField(
        label=_("What it is, in Swedish"), max_length=2000, required=False, widget=forms.Textarea({"rows": 4})
    )
    kuvaus_en = forms.CharField(
        label=_("What it is, in English"), max_length=2000, required=False, widget=forms.Textarea({"rows": 4})
    )
    kenelle = forms.CharField(label=_("For whom"), max_length=500, required=False)
    kunnat = forms.MultipleChoiceField(label=_("Municipalities"), widget=forms.CheckboxSelectMultiple, required=False)
    kielet = forms.MultipleChoiceField(label=_("Languages"), widget=forms.CheckboxSelectMultiple, required=False)
    elamanalueet = forms.MultipleChoiceField(
        label=_("Areas of life"), widget=forms.CheckboxSelectMultiple, required=False
    )
    kohderyhmat = forms.MultipleChoiceField(
        label=_("Target groups"), widget=forms.CheckboxSelectMultiple, required=False
    )
    maksu = forms.ChoiceField(
        label=_("Fee"),
        choices=[("", _("Not told")), ("ilmainen", _("Free of charge")), ("maksullinen", _("Charged"))],
        required=False,
    )
    puhelin = forms.CharField(label=_("Phone number"), max_length=30, required=False)
    sahkoposti = forms.EmailField(label=_("E-mail address"), required=False)
    verkkosivu = forms.URLField(label=_("Web page"), required=False, assume_scheme="https")
    osoite = forms.CharField(label=_("Street address"), max_length=200, required=False)
    postinumero = forms.CharField(label=_("Postal code"), max_length=5, required=False)
    paikkakunta = forms.CharField(label=_("Town"), max_length=100, required=False)
    aukiolo = forms.CharField(
        label=_("Opening hours"), max_length=200, required=False, help_text=_("As: ma-pe 9-15, la 10-14")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = shown.language()
        towns = sorted((queries.municipality_name(each, code), each) for each, _path, _middle in mapping.borders())
        choices = {
            "kunnat": [(each, name) for name, each in towns],
            "kielet": [(each, name) for each, name in shown.LANGUAGES.items() if each in ("fi", "sv", "en")],
            "kohderyhmat": shown.choices("target_group", shown.CITIZENS),
            "elamanalueet": [(name, getattr(each.label, code)) for name, each in queries.needs().items()],
        }
        for name, options in choices.items():
            self.fields[name].choices = options  # pyright: ignore[reportAttributeAccessIssue]

    def cells(self) -> dict[str, str]:
        """What was written, column -> cell, as the spreadsheet would have it."""
        return {
            name: ";".join(said) if isinstance(said, list) else str(said) for name, said in self.cleaned_data.items()
        }


def begun(cells: dict[str, str]) -> dict[str, Any]:
    """The cells of a row as the form begins with."""
    many = ("kunnat", "kielet", "elamanalueet", "kohderyhmat")
    return {name: [each for each in cell.split(";") if each] if name in many else cell for name, cell in cells.items()}


class DecisionForm(forms.Form):
    """Yes or no to a proposal."""

    approved = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    reason = forms.CharField(label=_("Reason, where you refuse"), max_length=500, required=False)


class KeeperForm(forms.Form):
    """Who writes the entries of an organisation."""

    email = forms.EmailField(label=_("E-mail address of the user"))
    organisation = forms.ChoiceField(label=_("Organisation"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Organisation.objects.filter(removed_at=None).exclude(kind="public").order_by("pk")
        named = sorted((shown.said(each.name), each.entry) for each in found)
        self.fields["organisation"].choices = [(entry, name) for name, entry in named]  # pyright: ignore[reportAttributeAccessIssue]
