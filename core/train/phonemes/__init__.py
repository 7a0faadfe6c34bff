"""Training a network that turns the letters of English words into phonemes."""
