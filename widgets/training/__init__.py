"""Training a network from the window."""
