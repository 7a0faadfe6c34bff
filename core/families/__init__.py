"""One file per model family: its keys, its exact network, its layers and its latent variables."""
