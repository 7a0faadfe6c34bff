"""Sounds that a generator makes to drive a unit of another network: search, settings, selection."""
