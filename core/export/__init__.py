"""Exports, each with a record of where it comes from."""
