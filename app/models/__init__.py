"""Checkpoints opened, and their layers computed."""
