"""Tiers opened, edited and saved."""
