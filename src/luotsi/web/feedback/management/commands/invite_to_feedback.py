"""`invite_to_feedback FILE`: asks each client of a CSV file for feedback, once for each event.

The file comes from the system that knows who was there, such as yesterday's visits. Columns: `to`, `event` and `unit`,
and, where known, `service`, `provider`, `service_chain`, `team`, `form`, `age_group`, `sex`, `language` and
`municipality`. Run again, it asks no one twice.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from luotsi.concepts.errors import UserError
from luotsi.web.feedback import actions, asking, gateways
from luotsi.web.feedback.models import Invitation

ABOUT = ("unit", "service", "provider", "service_chain", "team")
GROUPS = ("age_group", "sex", "language", "municipality")
NEEDED = ("to", "event", "unit")


def _asked(row: dict[str, str]) -> str:
    """Asks one client; gives what was wrong, or "" where they were asked now or before."""
    if missing := [name for name in NEEDED if not row.get(name)]:
        return f"has no {', '.join(missing)}"
    to = gateways.normal(row["to"])
    if not to:
        return "has neither a telephone number nor an e-mail address in `to`"
    if Invitation.objects.filter(event=row["event"]).exists():
        return ""
    try:
        form = asking.form(row.get("form") or asking.VISIT).name
        actions.invite(
            by=None,
            form=form,
            about={name: row.get(name) or "" for name in ABOUT},
            groups={name: row.get(name) or "" for name in GROUPS},
            event=row["event"],
            send=gateways.letter(to, row.get("language") or "fi"),
        )
    except (UserError, OSError) as fault:
        return f"was not asked: {fault}"
    return ""


def _faults(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in (reader := csv.DictReader(stream)):
            if fault := _asked(row):
                yield reader.line_num, fault


class Command(BaseCommand):
    """Asks the clients of a file."""

    help = "Asks each client of a CSV file (to, event, unit ...) for feedback, once for each event."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Asks; each row that cannot be asked is told with its line, and the others are asked."""
        before = Invitation.objects.count()
        try:
            faults = list(_faults(options["file"]))
        except (OSError, UnicodeDecodeError, csv.Error) as fault:
            raise CommandError(f"{options['file']} cannot be read ({fault}). Give a CSV file in UTF-8.") from None
        self.stdout.write(f"{Invitation.objects.count() - before} asked")
        for line, fault in faults:
            self.stderr.write(f"{options['file']}:{line} {fault}")
        if faults:
            raise CommandError(f"{len(faults)} rows were left out.")
