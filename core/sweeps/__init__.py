"""Latent variables moved while the others stay: grids, sweeps, dose-response, effects."""
