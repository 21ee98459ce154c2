"""Forms answered by a secret link without signing in: surveys of staff and usability, maturity of an organisation."""
