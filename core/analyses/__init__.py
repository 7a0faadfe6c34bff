"""One module per analysis: a settings class, and a function from a track to its result."""
