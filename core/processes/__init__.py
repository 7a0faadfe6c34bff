"""The processes that compute: the engine, which holds the networks, and the Praat workers."""
