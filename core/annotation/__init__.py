"""Tiers of intervals and points, their editing, and TextGrid files."""
