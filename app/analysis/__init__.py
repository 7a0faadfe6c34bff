"""Overlays and long recordings, measured where they are shown."""
