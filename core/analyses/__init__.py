"""One file per analysis: a settings dataclass and a function from a track to tracks or an image."""
