"""Painting functions: curves, spectrograms, overlays, axes."""
