"""`demonstration_feedback`: invitations, answers, a case, a place and a deed of the demonstration, after
`demonstration_users`.

Run again, it adds what is missing and leaves the rest as it is.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from luotsi.concepts.queues import Within
from luotsi.web.feedback import actions
from luotsi.web.feedback.asking import Given
from luotsi.web.feedback.models import Answer, Deed, Invitation, Place
from luotsi.web.people.management.commands.demonstration_users import UNIT
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role

MADE = uuid.UUID("3b6f1c52-6c0e-4c56-9a53-0f4d9c1f7a10")
"""What the ids of these answers are made from, so that a second run finds them."""
FORM = "feedback_visit"
SERVICE = "281"
ASKED = 40
GROUPS = (("18-29", "1"), ("30-64", "2"), ("30-64", "1"), ("75-84", "2"))
TEXTS = (
    ("Hoitaja oli todella ystävällinen ja kuunteli", "fi", 10),
    ("Aikaa joutui odottamaan viisi viikkoa", "fi", 4),
    ("Kiitos hyvästä hoidosta, lääkäri Virtanen!", "fi", 9),
    ("Sovellus kaatui enkä päässyt kirjautumaan", "fi", 3),
    ("Sain selkeät ohjeet kotiin", "fi", 9),
    ("Ingen förklarade hur medicinen ska tas", "sv", 5),
    ("Skötaren var vänlig och tog sig tid", "sv", 10),
    ("Odotustila oli kylmä ja likainen", "fi", 6),
    ("Joka kerta on eri lääkäri ja asia pitää kertoa alusta", "fi", 5),
    ("Lasku tuli vaikka peruin ajan", "fi", 2),
    ("Minua kuunneltiin ja päätimme hoidosta yhdessä", "fi", 10),
    ("", "fi", 8),
)
WAITING = "Toivon yhteydenottoa, lasku oli väärin."


def _given(text: str, language: str, nps: int, contact: str = "") -> Given:
    return Given(
        form=f"{FORM}|1",
        language=language,
        respondent="self",
        scores={"nps": nps},
        comment=text,
        response={"resourceType": "QuestionnaireResponse", "status": "completed", "item": []},
        contact=contact,
        within=Within(amount=5, of="working_days") if contact else None,
    )


def _asked() -> None:
    """Those who were asked; of every four the last two answer, so that some groups are heard more than others."""
    for number in range(ASKED):
        event = f"demonstration:{number}"
        if Invitation.objects.filter(event=event).exists():
            continue
        age, sex = GROUPS[number % len(GROUPS)]
        groups = {"age_group": age, "sex": sex, "language": "fi", "municipality": "179"}
        about = {"unit": UNIT, "service": SERVICE}
        asked = actions.invite(
            by=None, form=FORM, about=about, groups=groups, event=event, send=lambda _invitation, _secret: "sms"
        )
        if number % len(GROUPS) >= 2:
            text, language, nps = TEXTS[number % len(TEXTS)]
            said = _given(text, language, nps)
            answer_id = uuid.uuid5(MADE, event)
            actions.answer(by=None, answer_id=answer_id, given=said, about=about, channel="sms", invitation=asked)


def _given_at(place: Place) -> None:
    """Answers at the place, and one who waits for a reply."""
    for number, (text, language, nps) in enumerate((*TEXTS, (WAITING, "fi", 3))):
        contact = "Aino, 040 000 0000" if text == WAITING else ""
        given = _given(text, language, nps, contact)
        answer_id = uuid.uuid5(MADE, f"place:{number}")
        actions.answer(by=None, answer_id=answer_id, given=given, about=place.ties(), channel="terminal", place=place)


class Command(BaseCommand):
    """Makes the feedback of the demonstration."""

    help = "Makes made-up feedback for the demonstration. Only in a demonstration."

    @transaction.atomic
    def handle(self, *_args: Any, **_options: Any) -> None:
        """Adds what is missing."""
        if not settings.DEMONSTRATION:
            raise CommandError("Demonstration feedback is made only where LUOTSI_DEMONSTRATION is 1.")
        leader = User.objects.filter(email=f"{Role.OPERATIONAL_LEADER}@luotsi.example").first()
        if leader is None:
            raise CommandError("The demonstration's users are not here. Run demonstration_users first.")
        place = Place.objects.filter(unit=UNIT).first() or actions.open_place(
            by=leader, name="Aula", form=FORM, unit=UNIT, service=SERVICE
        )
        _asked()
        if not Answer.objects.filter(place=place).exists():
            _given_at(place)
        if not Deed.objects.filter(unit=UNIT).exists():
            actions.tell(
                by=leader,
                unit=UNIT,
                text="Avasimme iltavastaanoton tiistaisin, koska aikoja toivottiin töiden jälkeen.",
                text_sv="Vi öppnade en kvällsmottagning på tisdagar, eftersom tider efter arbetet önskades.",
                text_en="We opened an evening clinic on Tuesdays, as you wished for times after work.",
            )
