"""What Phonoscope knows and computes, without Qt."""
