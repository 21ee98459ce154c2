"""What professionals fill in of an item: an outcome, to whom it is handed, a comment, the mark of a minor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from luotsi.web.people import codes
from luotsi.web.people.models import User
from luotsi.web.people.words import units
from luotsi.web.queues import queries
from luotsi.web.queues.actions import TEXT
from luotsi.web.queues.models import WorkItem
from luotsi.web.queues.words import team


def _text(label: Any, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=TEXT, required=required, widget=forms.Textarea(attrs={"rows": 3}), strip=True
    )


class CommentForm(forms.Form):
    """A comment to those who handle the item."""

    text = _text(_("Comment to your colleagues"), required=True)


class ReasonForm(forms.Form):
    """Why an item is returned or cancelled."""

    text = _text(_("Why, to your colleagues"))


class ResolveForm(forms.Form):
    """How an item ended."""

    outcome = forms.ChoiceField(label=_("How did it end?"), widget=forms.RadioSelect)
    text = _text(_("Comment to your colleagues"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = codes.choices("work_item_outcome")  # pyright: ignore[reportAttributeAccessIssue]


class MarkForm(forms.Form):
    """What a professional says of a minor; no choice is made beforehand."""

    mark = forms.ChoiceField(label=_("Can the person decide, and what do guardians see?"), widget=forms.RadioSelect)
    text = _text(_("If it is not known: why"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mark"].choices = codes.choices("minor_mark")  # pyright: ignore[reportAttributeAccessIssue]


class HandOverForm(forms.Form):
    """To whom an item is handed: a unit, a team of the queue, a colleague of the unit."""

    unit = forms.ChoiceField(label=_("Unit"))
    team = forms.ChoiceField(label=_("Team"), required=False)
    to = forms.TypedChoiceField(label=_("Colleague in this unit"), required=False, empty_value=None)
    text = _text(_("Why, to who gets it"))

    def __init__(self, *args: Any, item: WorkItem, colleagues: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        queue = queries.queues().get(item.queue)
        named = units()
        teams = tuple(queue.teams) if queue else ()
        people = {str(each.pk): each for each in colleagues}
        choices = {
            "unit": [(each, named.get(each, each)) for each in (queue.units if queue else (item.unit,))],
            "team": [("", _("The whole unit")), *((each, team(item.queue, each)) for each in teams)],
            "to": [("", _("No one in particular")), *((key, each.name) for key, each in people.items())],
        }
        for name, each in choices.items():
            self.fields[name].choices = each  # pyright: ignore[reportAttributeAccessIssue]
        self.fields["to"].coerce = people.__getitem__  # pyright: ignore[reportAttributeAccessIssue]
        self.initial.setdefault("unit", item.unit)
        if not teams:
            del self.fields["team"]
