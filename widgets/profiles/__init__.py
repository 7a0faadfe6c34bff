"""The page of profiles: heat maps, curves, trees, silhouettes, topographic maps, and excerpts to hear."""
