"""What pages read of links and of the answers given by them. A link's secret is the right to its answers."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from luotsi.forms.content import Form
from luotsi.forms.filling import Filling
from luotsi.forms.outcomes import Result
from luotsi.web.assessments import published
from luotsi.web.assessments.linking.models import Link, LinkResponse
from luotsi.web.assessments.permissions import ALLOWED
from luotsi.web.assessments.published import Offered
from luotsi.web.assessments.saving import Texts
from luotsi.web.people.models import User
from luotsi.web.people.permissions import require


def digest(secret: str) -> bytes:
    """What a link is found by."""
    return hashlib.sha256(secret.encode()).digest()


def link(secret: str) -> Link | None:
    """The link of a secret, open or not."""
    return Link.objects.filter(digest=digest(secret)).first()


def is_open(found: Link) -> bool:
    """Whether a link can be answered by now."""
    return found.closed_at is None and found.until > timezone.now()


def offered() -> list[Offered]:
    """The forms that may be answered by a link, in their newest versions."""
    return [each for each in published.offered() if each.record.by_link]


def own_units(by: User) -> frozenset[str] | None:
    """The units for which a user may make links; None for the whole county."""
    held = {unit for role, unit in by.held if role in ALLOWED["link.make"]}
    return None if "" in held else frozenset(held)


def links(by: User) -> list[Link]:
    """The links of the units where the user may make them, the newest first, with how many have begun and finished."""
    require(by, "link.make")
    units = own_units(by)
    rows = Link.objects.all() if units is None else Link.objects.filter(unit__in=units)
    finished = Count("responses", filter=Q(responses__completed_at__isnull=False))
    return list(rows.annotate(begun=Count("responses"), finished=finished))


@dataclass(frozen=True)
class Opened:
    """Answers given by a link, at work: their row, their form, what is answered."""

    response: LinkResponse
    form: Form
    filling: Filling

    @property
    def open(self) -> bool:
        """Whether they can still be changed."""
        return self.response.completed_at is None

    def result(self) -> Result:
        """Scores, classes and outcomes of the answers as they are."""
        return self.form.judged(self.filling, timezone.localdate(self.response.completed_at or timezone.now()))


def bases(response: LinkResponse, revision: int) -> Texts:
    """Path -> the answer at a revision, for each answer that has changed since then."""
    found: Texts = {}
    for at, path, before in response.changes:
        if at > revision:
            found.setdefault(path, before)
    return found


def opened(found: Link, response: uuid.UUID, *, locked: bool = False) -> Opened | None:
    """One response of a link; None where it has no such one."""
    rows = LinkResponse.objects.select_related("version")
    row = (rows.select_for_update(of=("self",)) if locked else rows).filter(pk=response, link=found).first()
    if row is None:
        return None
    form = published.form_of(row.version)
    return Opened(row, form, form.begin(row.kept or None, now=row.completed_at or timezone.now()))
