"""The processes that compute: the engine with its networks, and the Praat workers."""
