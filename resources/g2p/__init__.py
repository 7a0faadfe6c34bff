"""The network that turns letters into phonemes, for words that CMUdict lacks."""
