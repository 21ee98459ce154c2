"""What is filled in of a referral: what it says, consent, an answer, a time, how it ended; and who receives."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luotsi.concepts.referrals import BEFORE_MEETING
from luotsi.web.people import codes
from luotsi.web.people.words import units
from luotsi.web.referrals import words
from luotsi.web.referrals.actions import Draft
from luotsi.web.referrals.models import Volunteer
from luotsi.web.referrals.queries import Place
from luotsi.web.services.models import Service

MOST = 300
"""Characters of a wish."""


class DayInput(forms.DateInput):
    """A day, by the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ClockInput(forms.TimeInput):
    """A time of day, by the browser's own clock."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def _text(label: Any, most: int, *, rows: int = 3, help_text: Any = "", required: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=most, required=required, widget=widget, help_text=help_text)


def _choose(form: forms.Form, name: str, choices: Iterable[tuple[Any, str]]) -> None:
    form.fields[name].choices = list(choices)  # pyright: ignore[reportAttributeAccessIssue]


class ReferralForm(forms.Form):
    """What a referral says. A draft may lack anything; the receiver is needed before consent."""

    unit = forms.ChoiceField(label=gettext_lazy("For which of your units do you refer?"), required=False)
    minor_mark = forms.ChoiceField(
        label=gettext_lazy("Can the person decide, and what do guardians see?"), widget=forms.RadioSelect
    )
    goals = _text(
        gettext_lazy("What the person hopes for, in their own words"),
        1000,
        help_text=gettext_lazy("Write as the person says it, in the language they speak."),
    )
    reason = _text(
        gettext_lazy("Why you refer"),
        1000,
        help_text=gettext_lazy("In plain words, without diagnoses. The person reads this, and decides if it goes on."),
    )
    receiver = forms.TypedChoiceField(label=gettext_lazy("To whom"), required=False, coerce=int, empty_value=None)
    link_worker = forms.TypedChoiceField(
        label=gettext_lazy("A volunteer who goes along"), required=False, coerce=int, empty_value=None
    )
    language = forms.ChoiceField(label=gettext_lazy("Language the person wants to be met in"), required=False)
    access_needs = _text(gettext_lazy("Access needs and other wishes"), 500, rows=2)
    phone = forms.CharField(label=gettext_lazy("Phone number"), max_length=40, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail address"), required=False)

    def __init__(
        self, *args: Any, places: list[Place], works: frozenset[str] = frozenset(), marked: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        named = units()
        goers = Volunteer.objects.filter(organisation__in=[each.receiver.organisation_id for each in places])  # pyright: ignore[reportAttributeAccessIssue]
        goers = goers.select_related("user", "organisation").order_by("user__name")
        along = [(each.user.pk, f"{each.user.name}, {words.name(each.organisation.name)}") for each in goers]
        _choose(self, "unit", ((each, named.get(each, each)) for each in sorted(works)))
        _choose(self, "minor_mark", codes.choices("minor_mark"))
        _choose(
            self, "receiver", [("", _("No receiver chosen")), *((each.receiver.pk, _place(each)) for each in places)]
        )
        _choose(self, "link_worker", [("", _("No one in particular")), *along])
        _choose(self, "language", [("", _("The language of their records")), *codes.choices("language")])
        if len(works) < 2:
            del self.fields["unit"]
        if not marked:
            del self.fields["minor_mark"]
        if not along:
            del self.fields["link_worker"]

    def draft(self) -> Draft:
        """What was filled in; for a form that is valid."""
        said = dict(self.cleaned_data)
        for name in ("unit", "minor_mark"):
            said.pop(name, None)
        return Draft(**said)


def _place(place: Place) -> str:
    free = _("%(number)s free") % {"number": place.free} if place.free else _("full")
    return f"{words.receiver(place.receiver)} ({free})"


class ConsentForm(forms.Form):
    """What the person lets be passed on; nothing is chosen beforehand. Each choice shows the very text that goes."""

    items = forms.MultipleChoiceField(label="", widget=forms.CheckboxSelectMultiple)
    reads_closing = forms.BooleanField(required=False)

    def __init__(self, *args: Any, texts: Mapping[str, str], to: str, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = {"receiver": to}
        label = (
            _("I let these be passed on to %(receiver)s")
            if own
            else _("The person lets these be passed on to %(receiver)s")
        )
        self.fields["items"].label = label % named
        _choose(
            self,
            "items",
            ((code, f"{codes.label(words.ITEMS, code)}: {words.item(code, text)}") for code, text in texts.items()),
        )
        self.fields["reads_closing"].label = (
            _("The professional who referred me may read how it went")
            if own
            else _("The person lets you read how it went")
        )


class DeclineForm(forms.Form):
    """Why a receiver declines."""

    reason = forms.ChoiceField(label=gettext_lazy("Why can you not take this?"), widget=forms.RadioSelect)
    text = _text(gettext_lazy("A word to the one who refers"), 500, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "reason", codes.choices(words.DECLINES))


class TimeForm(forms.Form):
    """When and where to meet."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=DayInput)
    clock = forms.TimeField(label=gettext_lazy("Time"), widget=ClockInput)
    place = forms.CharField(label=gettext_lazy("Where you meet, or that you call"), max_length=200)

    def starts_at(self) -> datetime.datetime:
        """The time in Finland; for a form that is valid."""
        said = self.cleaned_data
        return timezone.make_aware(datetime.datetime.combine(said["day"], said["clock"]))


class CloseForm(forms.Form):
    """How a referral ended."""

    outcome = forms.ChoiceField(label=gettext_lazy("How did it end?"), widget=forms.RadioSelect)
    words = _text(
        gettext_lazy("How it went, in a few words"),
        1000,
        help_text=gettext_lazy("The person reads this. The one who referred reads it only if the person lets them."),
    )

    def __init__(self, *args: Any, met: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = codes.choices(words.OUTCOMES)
        _choose(self, "outcome", [(code, label) for code, label in every if met or code in BEFORE_MEETING])


class WishForm(forms.Form):
    """What other time would do."""

    wish = forms.CharField(label=gettext_lazy("When would do?"), max_length=MOST, required=False)


class WordsForm(forms.Form):
    """How it went in the person's own words."""

    words = _text(gettext_lazy("How has it gone, in your own words?"), 1000, required=True)


class LonelyForm(forms.Form):
    """How lonely a person feels."""

    lonely = forms.TypedChoiceField(label=gettext_lazy("Do you feel lonely?"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, own: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "lonely", ((value, str(label)) for value, label in enumerate(words.LONELY)))
        if not own:
            self.fields["lonely"].label = _("Does the person feel lonely? Ask them.")


class PlacesForm(forms.Form):
    """How many referrals a receiver takes at a time."""

    places = forms.IntegerField(label=gettext_lazy("Places at a time"), min_value=0, max_value=1000)


class ReceiverForm(PlacesForm):
    """That an organisation, or one of its services, receives referrals."""

    service = forms.ModelChoiceField(
        Service.objects.none(), label=gettext_lazy("One service of it"), required=False, empty_label=""
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        required=False,
        help_text=gettext_lazy("Reminders go here. They say nothing of any person."),
    )
    field_order = ("service", "places", "email")

    def __init__(self, *args: Any, organisation: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        service = self.fields["service"]
        service.queryset = Service.objects.filter(organisation=organisation, removed_at=None)  # pyright: ignore[reportAttributeAccessIssue]
        service.label_from_instance = lambda each: words.name(each.name)  # pyright: ignore[reportAttributeAccessIssue]
        service.empty_label = _("The whole organisation")  # pyright: ignore[reportAttributeAccessIssue]


class VolunteerForm(forms.Form):
    """Which user receives the referrals of an organisation."""

    volunteer = forms.EmailField(
        label=gettext_lazy("E-mail address of the volunteer"),
        help_text=gettext_lazy("They need the role of a volunteer first: see Users."),
    )
