"""The window, its menus, and the wiring between session and widgets."""
