"""The page of feature maps: what is asked of the engine, and what is shown of its answer."""
