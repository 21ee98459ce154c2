"""For whom a user may act, by which recorded mandate, and what of a minor a guardian sees.

Reading what one may see is in queries.py, recording and ending a mandate in actions.py, the choice of a session in
acting.py. The day of birth comes from the personal identity code each time it is asked; it is stored nowhere.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.utils import timezone

from luotsi.concepts.calendar import full_years
from luotsi.concepts.identifiers import hetu_birth_date
from luotsi.web.people import codes, identity
from luotsi.web.people.models import Mandate, Person, User, holds
from luotsi.web.people.permissions import require

ADULT = 18
"""At this age the right of guardians ends, and that to authorise someone begins."""
OWN_SAY = 12
"""From this age guardians see what a professional has marked as theirs to see, and nothing else."""


@dataclass(frozen=True)
class Acting:
    """A mandate that holds, and the person acted for."""

    mandate: uuid.UUID
    person: uuid.UUID
    name: str
    kind: Mandate.Kind
    covers: frozenset[str]
    age: int
    """Full years of the person today."""
    security_block: bool

    @property
    def closed(self) -> bool:
        """Whether age or non-disclosure keeps the agent out though the mandate itself holds.

        A guardian of a child is not let in by a mandate where the child has non-disclosure: it may be from them that
        the child is hidden.
        """
        if self.kind == Mandate.Kind.AUTHORISED:
            return self.age < ADULT
        return self.age >= ADULT or self.security_block


def age_of(person: Person) -> int:
    """Full years of a person today."""
    return full_years(hetu_birth_date(identity.unseal(person.sealed_code)), timezone.localdate())


def _acting(mandate: Mandate) -> Acting:
    person = mandate.principal
    return Acting(
        mandate=mandate.pk,
        person=person.pk,
        name=person.name,
        kind=Mandate.Kind(mandate.kind),
        covers=frozenset(mandate.covers),
        age=age_of(person),
        security_block=person.security_block,
    )


def acts_for(*, by: User) -> list[Acting]:
    """Everyone a user may act for today, by name."""
    require(by, "mandate.use")
    rows = Mandate.objects.filter(holds(), agent__user=by, ended_at=None).select_related("principal")
    return sorted((each for each in map(_acting, rows) if not each.closed), key=lambda each: (each.name, each.kind))


def act_by(*, by: User, mandate: uuid.UUID) -> Acting | None:
    """The mandate by which a user may act, None where it is not theirs, has ended or is closed."""
    return next((each for each in acts_for(by=by) if each.mandate == mandate), None)


def speaks_for(*, by: User, person: uuid.UUID, sector: str) -> bool:
    """Whether a resident may send something on behalf of a person: of themself, or by a mandate that covers it."""
    if Person.objects.filter(user=by, pk=person).exists():
        return True
    return any(each.person == person and sector in each.covers for each in acts_for(by=by))


def visible_to_guardian(*, acting: Acting, sector: str, mark: str = "") -> bool:
    """Whether the one who acts sees one event of the person they act for.

    sector: whose records the event belongs to. mark: the professional's, a code of `minor_mark`; "" for none.
    Of a minor, a mark decides by what its code says. Without one, guardians see the events of a child under 12, and
    nothing from 12 on. From 18 on no guardian sees anything. Whom an adult has authorised sees what is covered.
    """
    if acting.closed or sector not in acting.covers:
        return False
    if acting.kind == Mandate.Kind.AUTHORISED:
        return True
    if mark:
        return codes.rows("minor_mark").get(mark, {}).get("shown") == "yes"
    return acting.age < OWN_SAY


@dataclass(frozen=True)
class Agent:
    """Who may act for a person, or might once: the mandate with the agent's name."""

    mandate: Mandate
    name: str


def agents(person: uuid.UUID) -> list[Agent]:
    """Every mandate given for a person, those that hold first. Their names are part of the person's data: log first."""
    rows = Mandate.objects.filter(principal=person).select_related("agent")
    today = timezone.localdate()
    found = sorted(rows, key=lambda each: (each.ended_at is not None or (each.until or today) < today, each.since))
    return [Agent(each, each.agent.name) for each in found]


def own_agents(*, by: User) -> list[Agent]:
    """Every mandate given for the user themself."""
    require(by, "mandate.use")
    return agents(Person.objects.get(user=by).pk)
