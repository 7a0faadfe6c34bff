"""The latent panel: one control per latent variable."""
