"""What professionals write of a client's answers: another class with its reason, the agreed plan, a minor's mark."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from luotsi.web.people import codes
from luotsi.web.people.forms import Day


class OverrideForm(forms.Form):
    """Another class than the computed one. The classes are given by the page."""

    chosen = forms.ChoiceField(label=_("Class"))
    reason = forms.CharField(
        label=_("Grounds"),
        help_text=_("The client can read it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, classes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["chosen"]).choices = classes


class PlanForm(forms.Form):
    """What was agreed on."""

    text = forms.CharField(
        label=_("What was agreed on"),
        help_text=_("Write it together with the client; they see it, and so do those who act for them."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    review_on = forms.DateField(label=_("Looked at again"), widget=Day(), required=False)


class MarkForm(forms.Form):
    """Whether a minor can decide, and whether guardians see the answers."""

    minor_mark = forms.ChoiceField(
        label=_("Can the minor decide, and do guardians see this?"), widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["minor_mark"]).choices = codes.choices("minor_mark")
