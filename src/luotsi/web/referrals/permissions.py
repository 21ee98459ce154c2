"""Who may do what with referrals. A referral is of the unit that made it; the receiver's volunteers see what is passed
to their organisation alone, and nothing else of the house.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from luotsi.web.people.permissions import Role

ALLOWED: dict[str, frozenset[Role]] = {
    "referral.make": frozenset({Role.PROFESSIONAL}),
    "referral.read": frozenset({Role.PROFESSIONAL}),
    "referral.coordinate": frozenset({Role.PROFESSIONAL}),
    "referral.consent": frozenset({Role.PROFESSIONAL, Role.RESIDENT}),
    "own_referral.answer": frozenset({Role.RESIDENT}),
    "passed_referral.read": frozenset({Role.VOLUNTEER}),
    "passed_referral.answer": frozenset({Role.VOLUNTEER}),
    "receiver.open": frozenset({Role.ADMINISTRATOR}),
}

WORDS: dict[str, Promise] = {
    "referral.make": _("Refer a person to an association that helps"),
    "referral.read": _("See the referrals of one's own unit"),
    "referral.coordinate": _("See the referrals that one's unit coordinates"),
    "referral.consent": _("Record consent to a referral, send it, answer its questions and withdraw it"),
    "own_referral.answer": _("See one's own referrals and answer the times that are proposed"),
    "passed_referral.read": _("See the referrals passed to one's own organisation"),
    "passed_referral.answer": _("Accept, decline and close the referrals passed to one's own organisation"),
    "receiver.open": _("Choose who receives referrals, and their volunteers"),
}
"""What each action is called where people see who may do what."""
