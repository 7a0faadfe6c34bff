"""Analyses cut into parts: for two workers at once, and for recordings too long to measure whole."""
