"""The rules of the web half: what an action is, who points where, what stands in an app, who may see an address."""

from __future__ import annotations

import ast
import re
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponseForbidden
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role, may, table
from luotsi.web.people.tests.made_up import sign_in, user_with
from luotsi.web.project import urls

WEB = Path(__file__).parents[2] / "src" / "luotsi" / "web"
MODULES = sorted(path for path in WEB.rglob("*.py") if not {"tests", "migrations"} & set(path.parts))
ACTIONS = sorted(path for path in WEB.glob("*/actions.py") if path.parent.name != "events")
SHORT = {path: str(path.relative_to(WEB)) for path in MODULES}
PAST = re.compile(r"(ed|un|en|ut|wn|set|sent)(_|$)")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


class Action(NamedTuple):
    """A public function of an actions.py."""

    path: Path
    node: ast.FunctionDef

    @property
    def by(self) -> str:
        """What `by` may be, as it is written."""
        found = [each for each in self.node.args.kwonlyargs if each.arg == "by"]
        return ast.unparse(found[0].annotation) if found and found[0].annotation else ""

    def calls(self, name: str) -> list[ast.Call]:
        """The calls of a function by its name in the action's body."""
        every = [each for each in ast.walk(self.node) if isinstance(each, ast.Call)]
        return [each for each in every if isinstance(each.func, ast.Name) and each.func.id == name]


EVERY = [
    Action(path, node)
    for path in ACTIONS
    for node in tree(path).body
    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
]


def named(action: Action) -> str:
    return f"{action.path.parent.name}.{action.node.name}"


def test_there_are_actions_to_hold_to_the_rules() -> None:
    assert len(EVERY) > 10


@pytest.mark.parametrize("action", EVERY, ids=named)
def test_an_action_is_keyword_only_by_someone_and_atomic(action: Action) -> None:
    arguments = action.node.args
    assert not arguments.args
    assert not arguments.posonlyargs
    assert action.by in ("User", "User | None", "None")
    assert "transaction.atomic" in [ast.unparse(each) for each in action.node.decorator_list]


@pytest.mark.parametrize("action", EVERY, ids=named)
def test_an_action_asks_for_permission_unless_only_jobs_do_it(action: Action) -> None:
    asked = action.calls("require")
    if action.by == "None":
        assert not asked
    else:
        assert len(asked) == 1
        assert ast.unparse(asked[0].args[0]) == "by"


@pytest.mark.parametrize("action", EVERY, ids=named)
def test_an_action_leaves_one_event_named_noun_and_past_tense(action: Action) -> None:
    recorded = action.calls("record")
    assert len(recorded) == 1
    names = [each.value for each in ast.walk(recorded[0].args[0]) if isinstance(each, ast.Constant)]
    for name in names:
        noun, _, verb = str(name).partition(".")
        assert re.fullmatch(r"[a-z_]+", noun)
        assert PAST.search(verb), f"{name} is not in the past tense"


@pytest.mark.parametrize("path", [path for path in MODULES if path.name != "actions.py"], ids=SHORT.get)
def test_only_actions_write_rows(path: Path) -> None:
    may_write = {"people/queries.py", "people/sessions.py", "people/oidc.py", "people/models.py"}
    writes = {"create", "bulk_create", "update", "delete", "update_or_create", "get_or_create", "bulk_update"}
    found = [
        f"{ast.unparse(each.func)} in line {each.lineno}"
        for each in ast.walk(tree(path))
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute)
        if each.func.attr in writes and ".objects" in ast.unparse(each.func)
    ]
    assert SHORT[path] in may_write or not found


@pytest.mark.parametrize("app", settings.APPS)
def test_no_foreign_key_points_to_an_app_above(app: str) -> None:
    """Who did it is the one thing every app points to: Django lets the user's model stand anywhere."""
    below = settings.APPS[settings.APPS.index(app) :]
    for model in apps.get_app_config(app).get_models():
        for field in model._meta.get_fields():
            if field.auto_created or not field.related_model or field.related_model is User:
                continue
            other = field.related_model._meta.app_config
            ours = other.name.startswith("luotsi.web.")
            assert not ours or other.label in below, f"{model.__name__}.{field.name} points up to {other.label}"


def test_nothing_in_an_app_is_called_what_another_place_holds() -> None:
    elsewhere = {
        "services": "actions.py",
        "managers": "models.py",
        "selectors": "queries.py",
        "receivers": "handlers.py",
        "tasks": "luotsi.jobs",
        "api": "views",
        "admin": "views",
        "constants": "where it is used",
        "mixins": "where it is used",
        "decorators": "where it is used",
        "exceptions": "where it is raised",
    }
    assert not [f"{SHORT[path]}: {elsewhere[path.stem]}" for path in MODULES if path.stem in elsewhere]


@pytest.mark.parametrize("path", [path for path in MODULES if path.name != "__init__.py"], ids=SHORT.get)
def test_no_file_is_there_without_anything_in_it(path: Path) -> None:
    says = [each for each in tree(path).body if not isinstance(each, ast.Import | ast.ImportFrom)]
    assert len(says) > 1


def test_every_permission_that_is_asked_for_is_in_the_table() -> None:
    for path in MODULES:
        for each in ast.walk(tree(path)):
            if not isinstance(each, ast.Call) or not isinstance(each.func, ast.Name):
                continue
            place = {"permitted": 0, "may": 1, "require": 1}.get(each.func.id)
            if place is not None and len(each.args) > place and isinstance(each.args[place], ast.Constant):
                assert each.args[place].value in table(), f"{SHORT[path]} line {each.lineno}"  # type: ignore[attr-defined]


def test_every_permission_of_the_table_is_asked_for_somewhere() -> None:
    text = "".join(path.read_text("utf-8") for path in MODULES if path.name != "permissions.py")
    assert not [action for action in table() if f'"{action}"' not in text]


@pytest.mark.parametrize("path", [path for path in MODULES if path.parts[-2] != "people"], ids=SHORT.get)
def test_persons_and_the_log_are_read_through_people_alone(path: Path) -> None:
    inside = "people" in path.relative_to(WEB).parts
    names = {
        alias.name
        for each in ast.walk(tree(path))
        if isinstance(each, ast.ImportFrom) and each.module == "luotsi.web.people.models"
        for alias in each.names
    }
    assert inside or not names & {"Person", "AccessLog", "CareRelationship", "BreakGlass"}


ANYONE = {
    "sign_in",
    "sign_in_by",
    "openid_connect_callback",
    "sign_out",
    "identify",
    "set_language",
    "theme",
    "ui",
    "stop_letters",
    "services",
    "service",
    "embedded_services",
    "service_list",
    "api_services",
    "api_description",
    "api_service",
    "sitemap",
    "feedback",
    "feedback_at",
    "feedback_link",
    "by_link",
    "link_answer",
    "link_result",
    "feedback_results",
    "feedback_results_of",
    "feedback_results_of_service",
    "feedback_screen",
    "feedback_screen_thanks",
    "feedback_thanks",
    "referral_counts",
}
"""Addresses that need no permission: those of signing in and out, of how pages look, and links of letters."""
SIGNED_IN = {"account"}
"""Addresses that need a user and no role."""
LED_ON = {"home"}
"""Addresses that lead a user on to the first page they may see."""
GIVEN = {"int": 1, "uuid": uuid.UUID(int=0), "slug": "nothing", "str": "nothing", "path": "nothing"}


class Address(NamedTuple):
    """A pattern of the URL configuration."""

    name: str
    path: str
    action: str


@cache
def addresses() -> list[Address]:
    """Every address, with made-up arguments."""

    def walk(patterns: list[Any]) -> Iterator[URLPattern]:
        for each in patterns:
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns)
            else:
                yield each

    found = []
    for each in walk(get_resolver().url_patterns):
        converters = each.pattern.converters
        given = {key: GIVEN[_kind(converter)] for key, converter in converters.items()}
        found.append(Address(str(each.name), reverse(each.name, kwargs=given), getattr(each.callback, "action", "")))
    return found


def _kind(converter: Any) -> str:
    return type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")


def test_every_address_has_a_name_and_a_permission_or_is_meant_for_anyone() -> None:
    found = addresses()
    assert len(found) > 25
    assert not [each for each in found if not each.action and each.name not in ANYONE | SIGNED_IN | LED_ON]
    assert {each.action for each in found} - {""} <= set(table())


def _sent_away(answer: Any) -> bool:
    return answer.headers.get("location", "").startswith("/sign-in/")


def _refused(client: Client, path: str) -> bool:
    """Whether both ways of asking lead nowhere: refused, sent to sign in, or a method that is not there."""
    answers = [client.get(path), client.post(path)]
    refusals = [each.status_code == 403 or _sent_away(each) for each in answers]
    return any(refusals) and all(no or each.status_code == 405 for no, each in zip(refusals, answers, strict=True))


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*Role, "stranger", "no one"])
def test_each_role_is_let_in_where_its_permissions_say_and_nowhere_else(
    role: Role | str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The one session is read from the database once: the requests are hundreds.
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    # What is asked of hundreds of refusals is that they are refusals; the page that tells of one is drawn at the end.
    drawn = urls.handler403
    monkeypatch.setattr(urls, "handler403", lambda _request, exception: HttpResponseForbidden(str(exception)))
    refused = ""
    user = None if role == "no one" else user_with(role if isinstance(role, Role) else None)
    client = Client()
    if user:
        sign_in(client, user, minutes=0)
    for address in addresses():
        if address.action and may(user or AnonymousUser(), address.action):
            answer = client.get(address.path)
            assert answer.status_code in (200, 302, 303, 404, 405), f"{address.name} gives {answer.status_code}"
            assert not _sent_away(answer), f"{address.name} sends {role} away to sign in"
        elif address.name in LED_ON and user:
            assert client.get(address.path, follow=True).status_code == 200
        elif address.action or (address.name in SIGNED_IN | LED_ON and not user):
            assert _refused(client, address.path), f"{role} is let in at {address.name}"
            refused = address.path
    monkeypatch.setattr(urls, "handler403", drawn)
    last = client.get(refused)
    assert last.status_code == (403 if user else 302)
    assert not user or b"<h1" in last.content
