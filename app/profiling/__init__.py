"""Profiles in the window: heard in the background, recording by recording, and shown as they come."""
