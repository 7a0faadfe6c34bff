"""Phonoscope's wiring: arguments, window, commands; nothing is computed or painted here."""
