"""The pages of forms: for residents, for staff, for those who make forms."""
