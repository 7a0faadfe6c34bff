"""One file per analysis: a settings dataclass and a function from Track to tracks or an image."""
