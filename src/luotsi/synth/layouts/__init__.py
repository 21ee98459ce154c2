"""The layouts of the systems of county/sources: which columns they have and how they write what happened."""
