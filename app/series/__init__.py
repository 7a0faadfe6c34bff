"""The page of checkpoints, connected with the session and the engine."""
