"""The form of a note."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from luotsi.web.desk.models import NoteKind

KINDS = ((NoteKind.COMMENT, _("Comment")), (NoteKind.DECISION, _("Decision")), (NoteKind.TARGET, _("Target")))


class NoteForm(forms.Form):
    """What is pinned. The units and periods one may choose are given by the page."""

    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, widget=forms.RadioSelect, initial=NoteKind.COMMENT)
    unit = forms.ChoiceField(label=_("Concerns"), required=False)
    period = forms.ChoiceField(label=_("Period"))
    text = forms.CharField(
        label=_("What was noticed or decided"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=2000,
        help_text=_("Everyone who may read the measure sees this. Write nothing that names a client."),
    )
    target = forms.FloatField(
        label=_("Target"), required=False, help_text=_("For a target only: the value aimed at. A share as per cent.")
    )
    due_on = forms.DateField(
        label=_("By when"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, units: list[tuple[str, Any]], periods: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = units  # pyright: ignore[reportAttributeAccessIssue]
        self.fields["period"].choices = periods  # pyright: ignore[reportAttributeAccessIssue]
        self.fields["target"].localize = True
        self.fields["target"].widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def clean(self) -> dict[str, Any]:
        """A target needs its value, finite."""
        cleaned = super().clean() or {}
        target = cleaned.get("target")
        if cleaned.get("kind") == NoteKind.TARGET and target is None and "target" not in self.errors:
            self.add_error("target", _("Write the value aimed at, such as 80."))
        return cleaned
