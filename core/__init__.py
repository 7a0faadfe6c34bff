"""Everything that Phonoscope knows and computes, without Qt."""
