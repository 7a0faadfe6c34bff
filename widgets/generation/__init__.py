"""The page of searches: settings, trajectories, tiles that are seen and heard, distributions."""
