"""Toolbar, status bar, command palette and shortcut sheet."""
