"""Commands run by whoever keeps Luotsi."""
