"""The page of checkpoints: every layer of two of them over each other, and their differences."""
