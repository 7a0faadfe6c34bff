"""Builders of tiny checkpoints, written from the formats' descriptions and not from the readers."""
