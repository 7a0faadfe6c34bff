"""Playback, and the play head that follows it."""
