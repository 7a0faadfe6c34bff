"""Buttons, fields, forms and dialogs."""
