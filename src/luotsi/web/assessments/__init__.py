"""Forms of the county that people fill: asking, saving, the result, what a professional makes of it, making forms."""
