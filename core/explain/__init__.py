"""Relevance: which part of a sound made a network say what it said, and whether the map can be believed."""
