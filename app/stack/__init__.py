"""The session as the stack's values, and the commands of lanes and time."""
