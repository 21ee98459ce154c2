"""What time does to referrals that no one acts on."""
