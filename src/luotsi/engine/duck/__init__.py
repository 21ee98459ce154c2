"""duck."""
