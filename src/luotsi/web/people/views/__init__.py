"""The pages of this app: signing in, one's own account and data, persons for staff, and administration."""
