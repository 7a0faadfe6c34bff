"""Opening checkpoints and computing their layers."""
