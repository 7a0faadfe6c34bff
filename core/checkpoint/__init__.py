"""Reading strangers' files: safely, lazily, without running anything that is in them."""
