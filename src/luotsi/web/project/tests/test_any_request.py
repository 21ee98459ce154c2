"""Whatever is asked, by whoever, in whatever way: a page, and never a fault of ours."""

import datetime
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luotsi.jobs import publishing
from luotsi.web.desk.models import Following, Note
from luotsi.web.people.actions import add_person
from luotsi.web.people.models import Membership, User
from luotsi.web.people.permissions import Role
from luotsi.web.queues.models import WorkItem
from luotsi.web.results import queries
from luotsi.web.results.tests import fabricated

EXAMPLES = int(os.environ.get("LUOTSI_EXAMPLES", "150"))
NOTE = uuid.UUID("0a0a0a0a-0000-4000-8000-000000000001")
UNIT = "1.2.246.10.32213579.10.1001"
STAFF = [role for role in Role if role != Role.RESIDENT]
WHO = ["stranger", "nobody's role", *STAFF, Role.RESIDENT]

GOOD = [
    "seen",
    "cost",
    "1",
    "2",
    "2024",
    "2024-01",
    "2024-Q1",
    "month",
    "year",
    "unit",
    "sex",
    "on",
    "fi",
    "measure:seen",
    "answered",
    "guardian",
    "health",
    "mine",
    "1.2.3.1",
]
ODD = [
    "",
    " ",
    "\x00",
    "0",
    "-1",
    "9" * 40,
    "1e999",
    "nan",
    "²",
    "٣",
    "2024-13",
    "0000",
    "9999-12",
    "2024-Q9",
    "month\n",
    "seen'; DROP TABLE x",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "%s%s%n",
    "{{ 7 }}",
    "💥" * 3,
    "\ud800".encode("utf-8", "replace").decode(),
    "ä" * 2000,
]
NAMES = [
    *("area", "service", "unit", "segment", "from", "to", "grain", "release", "period", "by", "page", "q", "family"),
    *("what", "kind", "text", "target", "due_on", "letters", "measure", "next", "language", "sort", "before", "after"),
    *("outcome", "team", "to", "urgency", "state", "queue", "comment-text", "mark-mark", "covers", "source"),
    *("email", "password", "name", "role", "since", "until", "reason", "code", "theme", "pk", "size", "user", "person"),
]
METHODS = ["get", "get", "get", "post", "post", "head", "put", "patch", "delete", "options"]


def routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every address of our own as its route with the converters of its parts."""
    for each in patterns:
        if not isinstance(each.pattern, RoutePattern):
            continue
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, before + str(each.pattern))
        elif isinstance(each, URLPattern):
            yield before + str(each.pattern), each.pattern.converters


ROUTES = sorted(routes(get_resolver().url_patterns), key=lambda each: each[0])
BOARDS = list(queries.boards())
PARTS = {
    "SlugConverter": ["seen", "cost", *BOARDS[:3], "no-such", "x" * 300, "pdf", "xlsx", "csv", "png", "exe", "_", "-"],
    "StringConverter": ["x", "MQ:1:1", "a b", "é" * 50, "%00", "..", "x" * 3000],
    "IntConverter": ["0", "1", "2", "2147483648", "9" * 19, "9" * 40],
    "UUIDConverter": [str(NOTE), str(uuid.UUID(int=0))],
    "PathConverter": ["a/b", "../x"],
}


def filled(draw: st.DrawFn, route: str, converters: dict[str, Any]) -> str:
    for name, converter in converters.items():
        kind = type(converter).__name__
        value = draw(st.sampled_from(PARTS[kind]))
        start = route.index("<")
        end = route.index(">", start)
        assert name in route[start:end]
        route = route[:start] + quote(value, safe="/:%") + route[end + 1 :]
    return "/" + route


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    route, converters = draw(st.sampled_from(ROUTES))
    fields = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(GOOD) | st.sampled_from(ODD)), max_size=4)
    return {
        "path": filled(draw, route, converters),
        "query": draw(fields),
        "fields": draw(fields),
        "method": draw(st.sampled_from(METHODS)),
        "who": draw(st.sampled_from(WHO)),
        "language": draw(st.sampled_from(["fi", "sv", "en", "xx", "", "*;q=0.1"])),
        "part": draw(st.booleans()),
    }


@pytest.fixture
def people(db: None, tmp_path: Path) -> dict[str, User | None]:
    """Someone of each role, a stranger, and someone who may sign in without any role."""
    fabricated.write(tmp_path)
    (tmp_path / "releases" / "current").write_text(fabricated.NAME)
    publishing.publish(tmp_path)
    found: dict[str, User | None] = {"stranger": None}
    for who in WHO[1:]:
        user = found[who] = User.objects.create_user(f"{who.replace(' ', '.')}@luotsi.example", name=who)
        if who in STAFF:
            Membership.objects.create(user=user, role=who, unit="", since=datetime.date(2024, 1, 1))
    resident = add_person(by=None, code="010190-900P", name="Rauha", user=found[Role.RESIDENT])
    Membership.objects.create(
        user=found[Role.PROFESSIONAL], role="professional", unit=UNIT, since=datetime.date(2024, 1, 1)
    )
    due = {"due_at": datetime.datetime.now(datetime.UTC), "origin": "test", "origin_id": "1", "reason": "Yskä"}
    WorkItem.objects.create(id=NOTE, person=resident, queue="symptom_contacts", unit=UNIT, urgency="now", **due)
    leader = User.objects.get(name=Role.STRATEGIC_LEADER)
    pinned = {"author": leader, "pinned_at": datetime.datetime.now(datetime.UTC)}
    Note.objects.create(note_id=NOTE, kind="comment", measure="seen", period="2024-01", text="Huomio", **pinned)
    Following.objects.create(user=leader, kind="measure", name="seen", query="unit=closed")
    return found


def test_every_address_of_ours_is_tried() -> None:
    found = {route for route, _converters in ROUTES}
    assert {"", "boards/<slug:board>/", "measures/<slug:measure>/", "data/", "following/"} <= found
    assert len(found) > 25


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=requests())
def test_no_request_ends_in_a_fault(people: dict[str, User | None], asked: dict[str, Any]) -> None:
    client, user = Client(), people[asked["who"]]
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    address = asked["path"] + ("?" + urlencode(asked["query"]) if asked["query"] else "")
    headers = {"Accept-Language": asked["language"], **({"HX-Request": "true"} if asked["part"] else {})}
    if asked["method"] == "post":
        answer = client.post(address, dict(asked["fields"]), headers=headers)
    else:
        answer = getattr(client, asked["method"])(address, headers=headers)
    assert answer.status_code < 500, (asked, answer.status_code)
    said = b"" if answer.streaming else answer.content
    assert b"Traceback" not in said
