"""One file per model family: its tensor names, exact networks, layers and latent variables."""
