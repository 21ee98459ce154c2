"""Who may do what: the roles, the actions of this app, and the one question every app asks.

Each app's permissions.py says which roles may do its own actions. What a person's data need besides (a care
relationship, break-glass) is asked in queries.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import cache, wraps
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    Anyone = AbstractBaseUser | AnonymousUser

View = Callable[..., HttpResponseBase]


class Role(StrEnum):
    """What someone is to the county. A role is held in one unit or in the whole county; a resident holds it alone."""

    RESIDENT = "resident"
    PROFESSIONAL = "professional"
    OPERATIONAL_LEADER = "operational_leader"
    TACTICAL_LEADER = "tactical_leader"
    STRATEGIC_LEADER = "strategic_leader"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"
    PRIVACY_OFFICER = "privacy_officer"
    KEEPER = "keeper"
    """Writes the entries of an association, a parish or a company in the service directory."""
    VOLUNTEER = "volunteer"
    """Receives wellbeing referrals in an association, a parish or a company; sees those alone."""


LEADERS = frozenset({Role.OPERATIONAL_LEADER, Role.TACTICAL_LEADER, Role.STRATEGIC_LEADER})
EVERYONE = frozenset(Role)

ALLOWED: dict[str, frozenset[Role]] = {
    "account.change": EVERYONE,
    "own_data.read": frozenset({Role.RESIDENT}),
    "person.find": frozenset({Role.PROFESSIONAL, Role.PRIVACY_OFFICER}),
    "person.read": frozenset({Role.PROFESSIONAL, Role.PRIVACY_OFFICER}),
    "person.read_passed_on": frozenset({Role.VOLUNTEER}),
    "person.break_glass": frozenset({Role.PROFESSIONAL}),
    "mandate.use": frozenset({Role.RESIDENT}),
    "mandate.record": frozenset({Role.PROFESSIONAL}),
    "mandate.end": frozenset({Role.PROFESSIONAL, Role.RESIDENT}),
    "access_log.search": frozenset({Role.PRIVACY_OFFICER}),
    "membership.read": frozenset({Role.ADMINISTRATOR, Role.PRIVACY_OFFICER}),
    "membership.grant": frozenset({Role.ADMINISTRATOR}),
    "membership.end": frozenset({Role.ADMINISTRATOR}),
}

WORDS: dict[str, Promise] = {
    "account.change": gettext_lazy("Change one's own account"),
    "own_data.read": gettext_lazy("Read one's own data and who has read them"),
    "person.find": gettext_lazy("Find a person"),
    "person.read": gettext_lazy(
        "Read a person's data by a care relationship, an open matter, break-glass or the privacy officer's task"
    ),
    "person.read_passed_on": gettext_lazy("Read what a person has let be passed on to one's organisation"),
    "person.break_glass": gettext_lazy("Read a person's data without a care relationship, for a reason"),
    "mandate.use": gettext_lazy("Act for another by a recorded mandate"),
    "mandate.record": gettext_lazy("Record who may act for a person in one's care"),
    "mandate.end": gettext_lazy("End a mandate: of a person in one's care, or one that one has given"),
    "access_log.search": gettext_lazy("Search the access log"),
    "membership.read": gettext_lazy("See users and their roles"),
    "membership.grant": gettext_lazy("Give roles"),
    "membership.end": gettext_lazy("End roles"),
}
"""What each action is called where people see the table."""

FRESH = frozenset({"person.break_glass", "mandate.record", "membership.grant", "membership.end"})
"""Actions that need an identification at most `FRESH_MINUTES` old, not only a session."""

FRESH_MINUTES = 15
IDENTIFIED_AT = "identified_at"
"""Key of a session: when its user last showed who they are, seconds since 1970."""


def _modules() -> Iterator[ModuleType]:
    for app in apps.get_app_configs():
        name = f"{app.name}.permissions"
        if app.name.startswith("luotsi.") and find_spec(name):
            yield import_module(name)


@cache
def table() -> dict[str, frozenset[Role]]:
    """Action -> the roles that may do it, over all apps. Raises ValueError where two apps name the same action."""
    joined: dict[str, frozenset[Role]] = {}
    for module in _modules():
        for action, roles in getattr(module, "ALLOWED", {}).items():
            if action in joined:
                raise ValueError(f"Two apps name the action {action}; rename one of them.")
            joined[action] = roles
    return joined


def words(action: str) -> str:
    """What an action is called in the reader's language; its name where its app has no words for it."""
    return next((str(module.WORDS[action]) for module in _modules() if action in getattr(module, "WORDS", {})), action)


@cache
def fresh() -> frozenset[str]:
    """The actions of all apps that need a fresh identification."""
    return frozenset(action for module in _modules() for action in getattr(module, "FRESH", ()))


def may(user: Anyone, action: str, *, unit: str | None = None) -> bool:
    """Whether a user may do an action: in a unit, in the whole county ("") or anywhere at all (None).

    A role in the whole county holds in each unit. Raises KeyError where no app names the action.
    """
    roles = table()[action]
    held = user.held if user.is_authenticated and user.is_active else ()  # pyright: ignore[reportAttributeAccessIssue]
    return any(role in roles and (unit is None or where in ("", unit)) for role, where in held)


def require(user: Anyone, action: str, *, unit: str | None = None) -> None:
    """Raises PermissionDenied, which ends in the designed page, where `may` says no."""
    if not may(user, action, unit=unit):
        raise PermissionDenied(_("None of your roles allows this."))


def is_fresh(request: HttpRequest) -> bool:
    """Whether the user of a session showed who they are at most `FRESH_MINUTES` ago."""
    return timezone.now().timestamp() - request.session.get(IDENTIFIED_AT, 0) <= FRESH_MINUTES * 60


def _to(page: str, request: HttpRequest) -> HttpResponseBase:
    """A page that leads back to the one asked for; what was posted is not kept."""
    back = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    return redirect(f"{reverse(page)}?{urlencode({'next': back})}")


def permitted(action: str) -> Callable[[View], View]:
    """Lets a view be seen only by those who may do an action anywhere; the action itself asks for the unit.

    Others get the sign-in page that leads back, the page of a refused request, or the page that asks them to
    identify themselves again.
    """

    def decorated(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to("sign_in", request)
            require(request.user, action)
            if action in fresh() and not is_fresh(request):
                return _to("identify", request)
            return view(request, *args, **kwargs)

        guarded.action = action  # pyright: ignore[reportFunctionMemberAccess, reportAttributeAccessIssue]
        return guarded

    return decorated
