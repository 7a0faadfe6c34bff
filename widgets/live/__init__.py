"""A network that follows a microphone."""
