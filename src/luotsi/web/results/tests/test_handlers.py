"""What results tells other apps: the names of units."""

from types import SimpleNamespace

import pytest

from luotsi.web.people import words
from luotsi.web.results import handlers, queries


def test_units_are_those_of_the_release_shown_without_the_unknown_one(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = {"1.2.3.1": {"fi": "Terveysasema"}, "unknown": {"fi": "ei tiedossa"}}
    monkeypatch.setattr(queries, "current", lambda: SimpleNamespace(name="a release"))
    monkeypatch.setattr(queries, "labels", lambda _release, _dimension: labels)
    assert handlers.units() == {"1.2.3.1": {"fi": "Terveysasema"}}
    assert handlers.units in words._units


def test_no_unit_has_a_name_before_the_first_release(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "current", lambda: None)
    assert handlers.units() == {}
