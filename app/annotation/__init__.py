"""Tiers: opening, editing and saving them."""
