"""Values over time: axes, tracks, images, envelopes and loudness."""
