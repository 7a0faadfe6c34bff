"""Labelled intervals by layers by latent points, measured into one table."""
