"""Sounds, figures and files written from the window."""
