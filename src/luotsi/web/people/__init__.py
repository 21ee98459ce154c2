"""Who signs in, what each role may do and where, care relationships, and who has read whose data."""
