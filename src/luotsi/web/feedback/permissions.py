"""Who may do what with feedback. Giving it and reading the published results need no permission."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from luotsi.web.people.permissions import LEADERS, Role

UNIT_STAFF = LEADERS | {Role.PROFESSIONAL}

ALLOWED: dict[str, frozenset[Role]] = {
    "feedback.read": UNIT_STAFF,
    "feedback.correct": UNIT_STAFF,
    "feedback.reply": UNIT_STAFF,
    "feedback.invite": UNIT_STAFF,
    "feedback.place": LEADERS,
    "feedback.tell": LEADERS,
}
"""Each holds in the unit of the role. Free text may still tell of people, so analysts and administrators read none."""

WORDS: dict[str, Promise] = {
    "feedback.read": _("Read the feedback of one's own unit"),
    "feedback.correct": _("Correct the themes and mood of feedback"),
    "feedback.reply": _("Answer those who gave feedback and asked for a reply"),
    "feedback.invite": _("Ask a client for feedback"),
    "feedback.place": _("Open and close places where feedback is given"),
    "feedback.tell": _("Tell in public what was done after feedback"),
}
"""What each action is called where people see who may do what."""
