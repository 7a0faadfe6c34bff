"""Analyses in parts: shared among workers, and in tiles for long recordings."""
