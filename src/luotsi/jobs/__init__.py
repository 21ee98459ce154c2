"""Work that knows both halves: landing with connectors, building, publishing."""
