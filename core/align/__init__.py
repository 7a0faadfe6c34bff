"""A transcript in time: words and phones along the path of a recogniser that was trained with CTC."""
