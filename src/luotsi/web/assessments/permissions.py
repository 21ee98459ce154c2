"""Who may do what with forms. A person's answers need besides that they are one's own, or a basis to read them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from luotsi.web.people.permissions import LEADERS, Role

ALLOWED: dict[str, frozenset[Role]] = {
    "form.answer": frozenset({Role.RESIDENT}),
    "form.fill_for": frozenset({Role.PROFESSIONAL}),
    "answers.read": frozenset({Role.PROFESSIONAL}),
    "answers.judge": frozenset({Role.PROFESSIONAL}),
    "link.make": LEADERS | {Role.ANALYST, Role.ADMINISTRATOR},
    "form.edit": frozenset({Role.ANALYST, Role.ADMINISTRATOR}),
    "form.approve": frozenset({Role.ANALYST, Role.ADMINISTRATOR}),
}

WORDS: dict[str, Promise] = {
    "form.answer": _("Answer forms of one's own"),
    "form.fill_for": _("Fill a form together with a client, or ask a client to fill one"),
    "answers.read": _("Read a client's answers to forms"),
    "answers.judge": _("Change the class of a client's answers with a reason, and write the agreed plan"),
    "link.make": _("Make links by which a form is answered without signing in"),
    "form.edit": _("Make and change forms"),
    "form.approve": _("Approve a form that someone else has made"),
}
"""What each action is called where people see the table."""
