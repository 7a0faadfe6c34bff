"""The latent point of a recording, found by gradient descent through the generator."""
