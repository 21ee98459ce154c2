"""One module for each kind of reader."""
