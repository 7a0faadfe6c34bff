"""Annotation tiers below the lanes."""
