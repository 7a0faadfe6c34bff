"""Searching a generator for sounds that drive a unit, from the window."""
