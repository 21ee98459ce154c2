"""Makes feedback for tests: a release with the national statements, places, answers, invitations, cases."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from luotsi.concepts.queues import Within
from luotsi.web.feedback import actions, published
from luotsi.web.feedback.asking import Given
from luotsi.web.feedback.models import Answer, Invitation, Place
from luotsi.web.people.models import User
from luotsi.web.people.tests.made_up import HEALTH_CENTRE
from luotsi.web.results.actions import point_to, take_in
from luotsi.web.results.models import Release
from luotsi.web.results.tests import fabricated

NAME = "20250110T080000Z-said"
OTHER = "1.2.3.2"
WORDS = {
    "unit": {HEALTH_CENTRE: "Keskustan terveysasema", OTHER: "Rannan terveysasema"},
    "service": {"281": "Avosairaanhoito"},
    "age_group": {"18-29": "18–29-vuotiaat", "75-84": "75–84-vuotiaat", "85+": "85 vuotta täyttäneet"},
}


def _rows() -> list[dict[str, Any]]:
    row, unit = fabricated.row, f"unit={HEALTH_CENTRE}"
    found = [row("nps", period, "", 60.0, 100, value=60.0) for period in ("2023", "2024", "2024-Q4")]
    found += [row("nps", "2024", unit, 30.0, 60, value=50.0), row("nps", "2024", f"unit={OTHER}", None, None)]
    for name in published.STATEMENTS:
        found += [row(name, "2023", "", 70.0, 100), row(name, "2024", "", 80.0, 100), row(name, "2024", unit, 45.0, 50)]
    rate = published.RATE
    found += [row(rate, "2024", "", 120.0, 400), row(rate, "2024", unit, 50.0, 100)]
    for group, answered, asked in (("18-29", 10.0, 50), ("75-84", 40.0, 50), ("85+", None, None)):
        found.append(row(rate, "2024", f"age_group={group};{unit}", answered, asked))
        found.append(row(rate, "2024", f"age_group={group}", answered, asked))
    return found


def release(home: Path, by: User) -> Release:
    """A release with feedback, shown: the health centre has 60 answers in 2024, the other unit few."""
    said = {"periods": ["quarter", "year"], "target": []}
    known = {
        "nps": fabricated.definition(
            "nps", **said, label={"fi": "Suositteluindeksi", "sv": "Index", "en": "Index"}, unit="score"
        )
    }
    for name in (*published.STATEMENTS, published.RATE):
        label = {"fi": f"Väite {name}", "sv": f"Påstående {name}", "en": f"Statement {name}"}
        pairs = [["age_group", "unit"]] if name == published.RATE else []
        known[name] = fabricated.definition(name, **said, label=label, dimensions=["unit", "age_group"], pairs=pairs)
    folder = fabricated.write(home, NAME, results=_rows(), definitions=known)
    for name in known:
        (folder / "sql" / f"{name}.sql").write_text(f"SELECT '{name}'\n", "utf-8")
    labels = [
        {"dimension": dimension, "code": code, **dict.fromkeys(("fi", "sv", "en"), word)}
        for dimension, words in WORDS.items()
        for code, word in words.items()
    ]
    pq.write_table(pa.Table.from_pylist(labels), folder / "labels.parquet")
    made = take_in(by=None, folder=folder)
    point_to(by=by, release=made)
    return made


def answer(
    text: str = "",
    *,
    unit: str = HEALTH_CENTRE,
    contact: str = "",
    place: Place | None = None,
    scores: Mapping[str, int] | None = None,
    language: str = "fi",
) -> Answer:
    """An answer to the form after a visit; with a contact way it waits for a reply."""
    given = Given(
        form="feedback_visit|1",
        language=language,
        respondent="self",
        scores=dict(scores or {"nps": 8}),
        comment=text,
        response={"resourceType": "QuestionnaireResponse", "status": "completed", "item": []},
        contact=contact,
        within=Within(amount=5, of="working_days") if contact else None,
    )
    about = place.ties() if place else {"unit": unit}
    return actions.answer(by=None, answer_id=uuid.uuid4(), given=given, about=about, channel="web", place=place)


def ask(unit: str = HEALTH_CENTRE, **groups: str) -> tuple[Invitation, str]:
    """An invitation, and the secret of its link."""
    found: list[str] = []

    def send(_invitation: Invitation, secret: str) -> str:
        found.append(secret)
        return "sms"

    about = {"unit": unit, "service": "281"}
    invitation = actions.invite(by=None, form="feedback_visit", about=about, groups=groups, send=send)
    return invitation, found[0]
