"""What makers of forms fill: an item, the head of a form, the raw texts; what is computed is in part_forms.py."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from luotsi.web.assessments.making.editing import LANGUAGES, TYPES, Words

IN = {"fi": _("in Finnish"), "sv": _("in Swedish"), "en": _("in English")}
ROWS = {"rows": 2}


def in_three(form: forms.Form, name: str, label: Any, *, required: bool = True) -> None:
    """Adds a text in three languages."""
    for language in LANGUAGES:
        form.fields[f"{name}_{language}"] = forms.CharField(
            label=f"{label}, {IN[language]}", required=required, widget=forms.Textarea(attrs=ROWS), max_length=5000
        )


def words(cleaned: dict[str, Any], name: str) -> Words:
    """A text in three languages of what was filled."""
    return {language: cleaned[f"{name}_{language}"].strip() for language in LANGUAGES}


def spread(name: str, said: Words) -> Words:
    """A text in three languages as initial values."""
    return {f"{name}_{language}": said.get(language, "") for language in LANGUAGES}


class HeadForm(forms.Form):
    """What the form is."""

    version = forms.CharField(label=_("Version"), max_length=40)
    minutes = forms.IntegerField(label=_("Minutes it takes"), required=False, min_value=1, max_value=240)
    demonstration = forms.BooleanField(label=_("Demonstration content: say so on every page"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_three(self, "label", _("Name"))
        in_three(self, "about", _("What it is for"))


class ItemForm(forms.Form):
    """One item: its text, whether it must be answered, its options and when it is asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_three(self, "text", _("Text"), required=False)
        self.fields["required"] = forms.BooleanField(label=_("Must be answered"), required=False)
        self.fields["repeats"] = forms.BooleanField(label=_("May have several answers"), required=False)
        self.fields["options"] = forms.CharField(
            label=_("Options"),
            help_text=_("A line each: code | points | Finnish | Swedish | English. Points may be empty."),
            required=False,
            widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false"}),
        )
        self.fields["conditions"] = forms.CharField(
            label=_("Asked when"),
            help_text=_("A line each: question operator answer, as in: weeks > 6, or numb = yes. Empty: always."),
            required=False,
            widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        )
        self.fields["all_of"] = forms.BooleanField(label=_("All lines must hold, not any one"), required=False)


class AddForm(forms.Form):
    """A new item."""

    link = forms.CharField(label=_("Name of the new item"), max_length=60)
    kind = forms.ChoiceField(label=_("Type"), choices=[(each, each) for each in TYPES])


class RawForm(forms.Form):
    """The two texts of a form as they are."""

    questionnaire = forms.CharField(
        label=_("Questions (FHIR Questionnaire, JSON)"),
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "code"}),
    )
    record = forms.CharField(
        label=_("Scores, outcomes and examples (JSON)"),
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "class": "code"}),
    )


class ImportForm(forms.Form):
    """A questionnaire of others."""

    questionnaire = forms.CharField(
        label=_("FHIR Questionnaire (JSON)"), widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"})
    )
