"""Training the generative networks of the papers."""
