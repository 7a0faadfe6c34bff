"""Words and letters as phonemes: CMUdict, a network for words that it lacks, and their alignment."""
