"""What roles, bases, readings and languages are called on a page; actions are named in each app's permissions.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from luotsi.web.people import codes
from luotsi.web.people.models import Basis, Mandate
from luotsi.web.people.permissions import Role
from luotsi.web.people.queries import Resident

ROLES: dict[Role, Promise] = {
    Role.RESIDENT: _("Resident"),
    Role.PROFESSIONAL: _("Professional"),
    Role.OPERATIONAL_LEADER: _("Operational leader"),
    Role.TACTICAL_LEADER: _("Tactical leader"),
    Role.STRATEGIC_LEADER: _("Strategic leader"),
    Role.ANALYST: _("Analyst"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.PRIVACY_OFFICER: _("Privacy officer"),
    Role.KEEPER: _("Keeper of an organisation's services"),
    Role.VOLUNTEER: _("Volunteer who receives referrals"),
}
BASES: dict[str, Promise] = {
    Basis.OWN: _("Own data"),
    Basis.MANDATE: _("Acts for the person by a mandate"),
    Basis.CARE: _("Care relationship"),
    Basis.TASK: _("Open matter of the person in the unit's work queue"),
    Basis.REFERRAL: _("The person's consent to a referral"),
    Basis.BREAK_GLASS: _("Break-glass"),
    Basis.PRIVACY_OFFICER: _("Privacy officer's task"),
}
READ: dict[str, Promise] = {
    "person": pgettext_lazy("what was read", "Personal details"),
    "list": pgettext_lazy("what was read", "Personal details in a list of those in care"),
    "mandates": pgettext_lazy("what was read", "Who may act for the person"),
    "acting": pgettext_lazy("what was read", "Name, to act for the person"),
    "work_item": pgettext_lazy("what was read", "A matter in a work queue"),
    "matters": pgettext_lazy("what was read", "The person's own matters"),
    "assessment": pgettext_lazy("what was read", "Answers to forms"),
    "referral": pgettext_lazy("what was read", "A wellbeing referral"),
    "services": pgettext_lazy("what was read", "Age, home, language and client segment, for services that fit"),
    "access_log": pgettext_lazy("what was read", "Log of who has read the data"),
}
MANDATES: dict[str, Promise] = {
    Mandate.Kind.GUARDIAN: _("Guardian of a child"),
    Mandate.Kind.AUTHORISED: _("Authorised by an adult"),
}
SECTORS: dict[str, Promise] = {"health": _("Health care"), "social": _("Social welfare")}
MANDATE_SOURCES: dict[str, Promise] = {
    Mandate.Source.SUOMI_FI: _("Suomi.fi e-Authorizations"),
    Mandate.Source.DVV: _("Population Information System"),
    Mandate.Source.PAPER: _("Document on paper"),
}
WHOLE_COUNTY = _("Whole county")
LANGUAGES: dict[str, Promise] = {"fi": _("Finnish"), "sv": _("Swedish"), "en": _("English")}
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Macintosh": "macOS",
    "Linux": "Linux",
}


def browser(agent: str) -> str:
    """What people call the browser and system that an agent's text tells of; the text's beginning where unknown."""
    found = [next((word for sign, word in words.items() if sign in agent), "") for words in (BROWSERS, SYSTEMS)]
    return ", ".join(word for word in found if word) or agent[:40] or "–"


def municipality(code: str) -> str:
    """The name of a municipality in the reader's language; its code where the code list lacks it."""
    return codes.label("municipality", code)


Units = Callable[[], Mapping[str, Mapping[str, str]]]
_units: list[Units] = []


def names_units(source: Units) -> Units:
    """Marks a function of an app above that says what units are called: code -> {fi, sv, en}. Asked at each page."""
    _units.append(source)
    return source


def units() -> dict[str, str]:
    """The name of each unit that is known, in the reader's language, by code; in order of names."""
    language = (get_language() or "fi")[:2]
    names = {code: words.get(language, code) for source in _units for code, words in source().items()}
    return dict(sorted(names.items(), key=lambda each: each[1].casefold()))


def unit(code: str) -> str:
    """The name of a unit, its code where no one knows its name, or the whole county for ""."""
    return units().get(code, code) if code else str(WHOLE_COUNTY)


def facts(person: Resident) -> dict[str, object]:
    """What a page that shows a person's data says: the person, the language and municipality in words."""
    return {
        "person": person,
        "speaks": LANGUAGES.get(person.language, person.language),
        "lives": municipality(person.municipality),
        "basis": BASES[person.basis],
    }
