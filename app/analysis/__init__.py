"""Overlays of lanes and long recordings, computed for what is visible."""
