"""The page of feature maps: a heat map of one layer, its maps one by one, and what they make together."""
