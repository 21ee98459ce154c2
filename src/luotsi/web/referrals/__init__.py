"""Wellbeing referrals: a person is referred, with consent, to an association that helps; how it went is told back."""
