"""Data only: fonts, presets, the demo model, help pages."""
