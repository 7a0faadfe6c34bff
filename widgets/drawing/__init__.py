"""Plain functions of a painter: curves, spectrograms, overlays, axes."""
