"""The engine: extracts landed, history kept, measures computed, releases published. No web, no connectors."""
