"""What the receiver of referrals does."""
