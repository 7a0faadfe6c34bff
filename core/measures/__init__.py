"""Measurement of labelled intervals by layer and latent point, into one table."""
