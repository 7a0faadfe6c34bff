"""Recordings as lanes of the stack."""
