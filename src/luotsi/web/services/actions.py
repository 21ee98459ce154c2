"""What is done to the directory: entries are taken in, kept, written by their keepers and approved by the county.

What an import would change is worked out in incoming.py, what services are found by in indexing.py.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import JSONField, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError
from luotsi.connectors.entries import Delivery, Fault
from luotsi.web.events.actions import record
from luotsi.web.people.models import User
from luotsi.web.people.permissions import require
from luotsi.web.services import incoming, indexing, postings, records
from luotsi.web.services.indexing import Vocabulary
from luotsi.web.services.models import (
    Channel,
    Favourite,
    Hours,
    Keeper,
    Organisation,
    Place,
    Posting,
    Proposal,
    Selection,
    Service,
    Source,
    State,
    Term,
)
from luotsi.web.services.postings import BLOCK

TAKING_IN = 0x4C554F55
"""The advisory lock that lets one process at a time write the directory."""


class Taken(NamedTuple):
    """What an import did: entries of any kind by what became of them, and what was wrong."""

    new: int
    changed: int
    same: int
    removed: int
    faults: list[Fault]


@transaction.atomic
def take_in(*, by: None, source: str, delivery: Delivery, known: Vocabulary, complete: bool = False) -> Taken:
    """Takes the entries of a source in, whole or not at all; what is here already as it is told stays untouched.

    complete: entries of the source that the delivery lacks are gone. Only jobs do this, so that no one is asked.
    """
    taken, touched = _take(source, delivery, known, complete)
    record("directory.taken_in", by=by, subject=f"directory:{source}", **records.told(touched))
    return taken


@transaction.atomic
def index_old(*, by: None, known: Vocabulary) -> int:
    """Makes those services findable anew that older words and rules, or none, made so; gives how many. Jobs do this
    at each start, so that what a new version searches by is there before the next import.
    """
    _lock()
    old = _index(known, ())
    if old:
        record("directory.indexed", by=by, subject="directory:all")
    return old


@transaction.atomic
def keep(*, by: User, service: Service, kept: bool) -> bool:
    """Keeps a service for a user, or lets it go; gives which. Doing the same again changes nothing."""
    require(by, "favourite.keep")
    if kept:
        Favourite.objects.get_or_create(user=by, service=service)
    else:
        Favourite.objects.filter(user=by, service=service).delete()
    record("favourite.added" if kept else "favourite.removed", by=by, subject=f"service:{service.entry}")
    return kept


@transaction.atomic
def share(*, by: User, name: str) -> Selection:
    """Makes a list of the services that a professional has kept, which its address opens to anyone. It names no person.

    Raises UserError where nothing is kept.
    """
    require(by, "selection.make")
    kept = Service.objects.filter(removed_at=None, pk__in=Favourite.objects.filter(user=by).values("service"))
    if not kept.exists():
        raise UserError(_("Keep services first; the list is made of them."))
    selection = Selection.objects.create(user=by, name=name.strip()[:100])
    selection.services.set(kept)
    record("selection.shared", by=by, subject=f"selection:{selection.key}")
    return selection


@transaction.atomic
def appoint_keeper(*, by: User, user: User, organisation: Organisation) -> Keeper:
    """Lets a user write the entries of an organisation. Doing it again changes nothing."""
    require(by, "entry.approve")
    keeper, _new = Keeper.objects.get_or_create(user=user, organisation=organisation)
    record("keeper.appointed", by=by, subject=f"organisation:{organisation.entry}"[:200])
    return keeper


@transaction.atomic
def propose(*, by: User, organisation: Organisation, entry: str, said: dict[str, str]) -> Proposal:
    """Proposes an entry of an organisation as its keeper wants it; an earlier proposal that waits gives way to it.

    said: column of the associations' spreadsheet -> cell. Raises PermissionDenied for another's organisation or entry.
    """
    require(by, "entry.propose")
    kept = Keeper.objects.filter(user=by, organisation=organisation).exists()
    here = Service.objects.filter(entry=entry).first()
    if not kept or (here and (here.source != Source.OWN or here.organisation != organisation)):
        raise PermissionDenied(_("You keep other entries, not this one."))
    Proposal.objects.filter(entry=entry, organisation=organisation, state=State.WAITING).delete()
    proposal = Proposal.objects.create(organisation=organisation, entry=entry, said=said, by=by)
    record("proposal.sent", by=by, subject=f"service:{entry}")
    return proposal


@transaction.atomic
def decide(*, by: User, proposal: Proposal, approved: bool, reason: str, known: Vocabulary) -> Proposal:
    """Approves a proposal, which is then shown, or refuses it with a reason. One that is decided stays as it is.

    Raises UserError where a refusal has no reason, or what is proposed cannot be read.
    """
    require(by, "entry.approve")
    _lock()
    proposal = Proposal.objects.select_for_update().select_related("organisation").get(pk=proposal.pk)
    if proposal.state != State.WAITING:
        raise UserError(_("Someone has decided this already."))
    if not approved and not reason.strip():
        raise UserError(_("Write the reason, so that the keeper knows what to mend."))
    touched: set[int] = set()
    if approved:
        _taken, touched = _take(Source.OWN, incoming.proposed(proposal), known, complete=False)
    proposal.state = State.APPROVED if approved else State.REFUSED
    proposal.decided_by, proposal.decided_at, proposal.reason = by, timezone.now(), reason.strip()[:500]
    proposal.save()
    subject, told = f"service:{proposal.entry}", records.told(touched)
    record("proposal.approved" if approved else "proposal.refused", by=by, subject=subject, **told)
    return proposal


@transaction.atomic
def check(*, by: User, service: Service) -> Service:
    """Says that an entry still holds today. Raises PermissionDenied for an entry of an organisation of others."""
    require(by, "entry.propose")
    if not Keeper.objects.filter(user=by, organisation=service.organisation).exists():
        raise PermissionDenied(_("You keep other entries, not this one."))
    service = Service.objects.select_for_update().get(pk=service.pk)
    service.checked_on, service.asked_at = timezone.localdate(), None
    service.save(update_fields=["checked_on", "asked_at"])
    record("entry.checked", by=by, subject=f"service:{service.entry}", **records.told([service.pk]))
    return service


@transaction.atomic
def ask_keeper(*, by: None, service: Service, send: Callable[[], object]) -> bool:
    """Asks the keeper of an old entry whether it still holds, and notes when; a letter that fails notes nothing."""
    send()
    Service.objects.filter(pk=service.pk).update(asked_at=timezone.now())
    record("keeper.asked", by=by, subject=f"service:{service.entry}")
    return True


def _take(source: str, delivery: Delivery, known: Vocabulary, complete: bool) -> tuple[Taken, set[int]]:
    """What it did, and the ids of the services that it touched."""
    _lock()
    faults = list(delivery.faults)
    organisations = incoming.sort(delivery.organisations, Organisation, source, faults, {})
    _write(Organisation, organisations)
    _join_parents(delivery, faults)
    links = dict(Organisation.objects.values_list("entry", "pk"))
    channels = incoming.sort(delivery.channels, Channel, source, faults, links)
    _write(Channel, channels)
    services = incoming.sort(delivery.services, Service, source, faults, links)
    written: list[Service] = [*services.new, *services.changed]
    for each in written:
        each.indexed_by = known.digest
    _write(Service, services)
    _write_parts(delivery, [*channels.new, *channels.changed])
    gone = incoming.gone(delivery, source, complete)
    removed = _remove(gone)
    _join(written, [*channels.new, *channels.changed])
    _index(known, written, gone["Service"])
    every = (organisations, channels, services)
    taken = Taken(
        sum(len(each.new) for each in every),
        sum(len(each.changed) for each in every),
        sum(each.same for each in every),
        removed,
        faults,
    )
    of_channels = [each.pk for each in (*channels.new, *channels.changed)] + list(gone["Channel"])
    joined = Service.channels.through.objects.filter(channel_id__in=of_channels).values_list("service_id", flat=True)
    return taken, {each.pk for each in written} | gone["Service"] | set(joined)


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TAKING_IN])


def _write(model: type[Organisation | Channel | Service], found: incoming.Sorted) -> None:
    """Rows that are new and rows that are changed, by COPY: an import may bring tens of thousands."""
    table, columns = model._meta.db_table, [each.column for each in model._meta.concrete_fields]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, len(found.new)]
        )
        for row, (pk,) in zip(found.new, cursor.fetchall(), strict=True):
            row.pk = pk
        _copy_rows(table, found.new)
        if found.changed:
            cursor.execute(f"CREATE TEMP TABLE changed (LIKE {table}) ON COMMIT DROP")
            _copy_rows("changed", found.changed)
            sets = ", ".join(f"{each} = changed.{each}" for each in columns)
            cursor.execute(f"UPDATE {table} AS here SET {sets} FROM changed WHERE here.id = changed.id")
            cursor.execute("DROP TABLE changed")


def _copy_rows(table: str, rows: Iterable[Model]) -> None:
    """Rows of one model; those that have no id yet get it from the database."""
    rows = list(rows)
    fields = [each for each in rows[0]._meta.concrete_fields if rows[0].pk or not each.primary_key] if rows else []
    texts = [isinstance(each, JSONField) for each in fields]
    names = [each.attname for each in fields]
    told = (
        tuple(json.dumps(value) if is_text else value for value, is_text in zip(values, texts, strict=True))
        for values in (tuple(getattr(row, name) for name in names) for row in rows)
    )
    if rows:
        _copy(f"{table} ({', '.join(str(each.column) for each in fields)})", told)


def _join_parents(delivery: Delivery, faults: list[Fault]) -> None:
    parents = incoming.parents(delivery.organisations, faults)
    told = [entry for entry, each in delivery.organisations.items() if each.known]
    ids = dict(Organisation.objects.filter(entry__in={*told, *parents.values()}).values_list("entry", "pk"))
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE services_organisation SET parent_id = %s WHERE id = %s AND parent_id IS DISTINCT FROM %s",
            [(ids.get(parents.get(entry, "")), ids[entry], ids.get(parents.get(entry, ""))) for entry in told],
        )


def _write_parts(delivery: Delivery, channels: Sequence[Channel]) -> None:
    """Opening hours and places of channels that are new or changed, anew."""
    ids = [each.pk for each in channels]
    Hours.objects.filter(channel_id__in=ids).delete()
    Place.objects.filter(channel_id__in=ids).delete()
    told = [(delivery.channels[each.entry], each.pk) for each in channels]
    _copy_rows(Hours._meta.db_table, [row for each, pk in told for row in incoming.hours(each.hours, pk)])
    _copy_rows(Place._meta.db_table, [row for each, pk in told for row in incoming.places(each.places, pk)])


def _remove(gone: dict[str, set[int]]) -> int:
    """Takes entries out of sight; who has kept one still sees that it was there."""
    now = timezone.now()
    for model in (Service, Channel, Organisation):
        model.objects.filter(pk__in=gone[model.__name__]).update(removed_at=now)
    return sum(len(each) for each in gone.values())


def _join(services: Iterable[Service], channels: Iterable[Channel]) -> None:
    """Joins services and channels that name one another, from either side."""
    touched = [[each.pk for each in services], [each.pk for each in channels]]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM services_service_channels AS link USING services_service AS s, services_channel AS c
            WHERE link.service_id = s.id AND link.channel_id = c.id AND (s.id = ANY(%s) OR c.id = ANY(%s))
              AND NOT c.entry = ANY(s.named) AND NOT s.entry = ANY(c.named)
            """,
            touched,
        )
        cursor.execute(
            """
            INSERT INTO services_service_channels (service_id, channel_id)
            SELECT s.id, c.id FROM services_service AS s CROSS JOIN unnest(s.named) AS n(entry)
              JOIN services_channel AS c ON c.entry = n.entry WHERE s.id = ANY(%s) OR c.id = ANY(%s)
            UNION
            SELECT s.id, c.id FROM services_channel AS c CROSS JOIN unnest(c.named) AS n(entry)
              JOIN services_service AS s ON s.entry = n.entry WHERE s.id = ANY(%s) OR c.id = ANY(%s)
            ON CONFLICT DO NOTHING
            """,
            touched * 2,
        )


def _index(known: Vocabulary, changed: Sequence[Service], gone: Iterable[int] = ()) -> int:
    """Makes services findable: those that changed, and those that older words and rules made so; gives how many old."""
    alive = Service.objects.filter(removed_at=None)
    here = {each.pk: each for each in changed}
    old = set(alive.exclude(indexed_by=known.digest).values_list("pk", flat=True)) - here.keys()
    blocks: defaultdict[int, list[int]] = defaultdict(list)
    for each in sorted({*here, *old, *gone}):
        blocks[each // BLOCK].append(each)
    for block, services in blocks.items():
        rows = [here[each] for each in services if each in here]
        rows += alive.filter(pk__in=[each for each in services if each in old])
        new = postings.pack((each.pk, indexing.postings(each, known)) for each in rows)
        _rewrite(block, services, new)
    Service.objects.filter(pk__in=old).update(indexed_by=known.digest)
    if blocks:
        _count(known)
    return len(old)


def _rewrite(block: int, services: Sequence[int], new: postings.Packed) -> None:
    """The rows of one block, where some of its services are indexed anew."""
    here = [(term, bytes(found)) for term, found in Posting.objects.filter(block=block).values_list("term", "found")]
    now = postings.changes(here, services, new)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM services_posting WHERE block = %s AND term = ANY(%s)", [block, list(now)])
    _copy(
        "services_posting (term, block, found)", ((term, block, found) for term, found in sorted(now.items()) if found)
    )


def _copy(table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


ASKED = [f"services_{each}" for each in ("posting", "term", "service", "service_channels", "channel", "hours", "place")]
"""The tables that a search reads."""


def _count(known: Vocabulary) -> None:
    """How many services each term finds; the words of the areas of life are there even where they find none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT term, sum(octet_length(found) / 4) FROM services_posting GROUP BY term")
        found: dict[str, int] = dict(cursor.fetchall())
        here = dict(Term.objects.values_list("term", "services"))
        wanted = {**dict.fromkeys((term for term in known.of if len(term) < 100), 0), **found}
        wanted[""] = Service.objects.filter(removed_at=None).count()
        changed = {term for term, count in wanted.items() if here.get(term) != count}
        away = [*(here.keys() - wanted.keys()), *(here.keys() & changed)]
        cursor.execute("DELETE FROM services_term WHERE term = ANY(%s)", [away])
        _copy(
            "services_term (term, services, pieces)",
            ((term, wanted[term], indexing.pieces(term) if indexing.is_word(term) else []) for term in sorted(changed)),
        )
        # the planner guesses wildly about tables that have just been filled, and filters then take ten times as long
        cursor.execute(f"ANALYZE {', '.join(ASKED)}")
