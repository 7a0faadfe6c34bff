"""Sound files: short ones are read into memory, long ones stay on disk and are read in blocks."""
