"""What makers of forms fill for what is computed of answers: a score with its classes, an outcome, an example."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from luotsi.web.assessments.making.editing import LANGUAGES
from luotsi.web.assessments.making.forms import ROWS, in_three, spread, words
from luotsi.web.assessments.making.parts import NOTHING
from luotsi.web.people.forms import Day

CODE = {"spellcheck": "false", "autocapitalize": "none"}
MOST_CLASSES = 40
Choices = Sequence[tuple[str, str | Promise]]


class NumberField(forms.DecimalField):
    """A number with a comma or a point, whatever the reader's language; it may be left out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_digits=12, widget=forms.TextInput({"inputmode": "decimal"}), **kwargs)

    def to_python(self, value: Any) -> Any:
        """The number."""
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class ScoreForm(forms.Form):
    """What a score is called and how it is computed."""

    value = forms.CharField(
        label=_("Computed as"),
        help_text=_("Names of answers and of the scores before it, as in: q1.weight + q2.weight."),
        widget=forms.Textarea(attrs={"rows": 3, **CODE}),
        max_length=5000,
    )
    least = NumberField(label=_("The least it can be"))
    most = NumberField(label=_("The most it can be"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_three(self, "label", _("Name"))


class ClassForm(forms.Form):
    """One class of a score. A row without a name is no class."""

    code = forms.SlugField(
        label=_("Name of the class"),
        required=False,
        max_length=60,
        help_text=_("Leave it empty to remove the class."),
        widget=forms.TextInput(attrs=CODE),
    )
    since = NumberField(
        label=_("Holds from"), help_text=_("The number from which on it holds; empty where the score is a text.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_three(self, "label", _("Name"), required=False)
        in_three(self, "text", _("What it means"), required=False)

    def clean(self) -> dict[str, Any]:
        """A class that is named has its name in the main language."""
        cleaned = cast("dict[str, Any]", super().clean())
        if cleaned.get("code"):
            for language in LANGUAGES:
                if not cleaned.get(f"label_{language}"):
                    self.add_error(f"label_{language}", _("Write the name of the class."))
        return cleaned


def class_rows(post: Any, classes: Sequence[dict[str, Any]]) -> Any:
    """The rows of a score's classes, with room for one more."""
    begun = [
        {
            "code": each["class"],
            "since": each.get("from"),
            **spread("label", each["label"]),
            **spread("text", each.get("text") or {}),
        }
        for each in classes
    ]
    rows = forms.formset_factory(ClassForm, extra=1, max_num=MOST_CLASSES, absolute_max=MOST_CLASSES)
    return rows(post, initial=begun, prefix="class")


def classes_of(rows: Any) -> list[dict[str, Any]]:
    """The classes that the rows say, in their order."""
    made: list[dict[str, Any]] = []
    for row in rows:
        filled = row.cleaned_data
        if not filled.get("code"):
            continue
        text = words(filled, "text")
        made.append(
            {
                "class": filled["code"],
                "from": plain(filled["since"]),
                "label": words(filled, "label"),
                "text": text if any(text.values()) else None,
            }
        )
    return made


def plain(number: Any) -> str | None:
    """A number as form.yaml writes it."""
    return None if number is None else f"{number.normalize():f}"


class OutcomeForm(forms.Form):
    """One outcome: when it is reached, what to do and why."""

    when = forms.CharField(
        label=_("Reached when"),
        help_text=_("As in: points >= 15, or numb = 'yes' and weeks > 6."),
        widget=forms.Textarea(attrs={**ROWS, **CODE}),
    )
    urgency = forms.ChoiceField(label=_("Urgency"), required=False)
    stop = forms.BooleanField(label=_("Red flag: stops the form at once"), required=False)
    services = forms.CharField(
        label=_("Words for services"), required=False, help_text=_("With commas between: diabetes, elintavat.")
    )
    queue = forms.ChoiceField(label=_("Work queue"), required=False)
    answer_within = forms.CharField(
        label=_("Answered within"), required=False, help_text="3 working days, 2 hours, 7 days"
    )

    def __init__(self, *args: Any, queues: Choices, urgencies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["queue"]).choices = [("", "–"), *queues]
        cast("forms.ChoiceField", self.fields["urgency"]).choices = [("", "–"), *urgencies]
        in_three(self, "action", _("What to do"))
        in_three(self, "reason", _("Why; {name} stands for an answer or a score"))


GENDERS: Choices = (
    ("", "–"),
    ("female", _("woman")),
    ("male", _("man")),
    ("other", _("other")),
    ("unknown", _("not known")),
)


class ExampleForm(forms.Form):
    """A worked example: who answers when, and what the answers must give. The answers are fields of the form itself."""

    name = forms.CharField(label=_("What the example shows"), max_length=200)
    on = forms.DateField(label=_("Day of answering"), widget=Day(), required=False)
    gender = forms.ChoiceField(label=_("Sex of the person"), choices=GENDERS, required=False)
    born = forms.DateField(label=_("Born on"), widget=Day(), required=False)
    lines = forms.CharField(
        label=_("What else is expected"),
        help_text=_("A line each, as in: disabled = q3, q4. Also stops, outcomes, problems, and names of answers."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, **CODE}),
    )

    def __init__(self, *args: Any, keys: Sequence[tuple[str, str, Choices | None]], **kwargs: Any) -> None:
        """`keys`: what can be expected, each with its words and what it can be (None: anything)."""
        super().__init__(*args, **kwargs)
        self.keys = {f"is_{key}": key for key, _label, _choices in keys}
        for key, label, choices in keys:
            if choices is None:
                made: forms.Field = forms.CharField(label=label, required=False, max_length=200)
            else:
                said = [("", _("not looked at")), (NOTHING, _("none")), *choices]
                made = forms.ChoiceField(label=label, required=False, choices=said)
            self.fields[f"is_{key}"] = made

    @property
    def expects(self) -> dict[str, str]:
        """What was filled for each key."""
        return {key: self.cleaned_data.get(name) or "" for name, key in self.keys.items()}
