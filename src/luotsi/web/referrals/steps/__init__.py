"""How a step of a referral is taken, by whomever."""
