"""Training a detector of singing from music, from voices laid over it, and from voices made by rule."""
