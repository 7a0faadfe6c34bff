"""Two checkpoints, or one run over its training steps, at the same latent point."""
