"""Recording from a microphone."""
