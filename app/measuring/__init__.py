"""Measuring labelled intervals from the window."""
