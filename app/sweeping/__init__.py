"""Sweeps in the window: a variable moved, every layer at every step, and what that does to a measure."""
