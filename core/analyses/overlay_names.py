"""The analyses that a lane can draw over its curve; light, because the command line starts from it."""

OVERLAYS = ("pitch", "formants", "intensity", "spectrogram", "pulses")
"""The names of the overlays, in the order of the buttons in a lane's header."""
