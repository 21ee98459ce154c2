"""What a person can type: one module per command, over jobs and engine."""
