"""Every write of the web half leaves one event here, in the same transaction; a job takes them to the lake."""
