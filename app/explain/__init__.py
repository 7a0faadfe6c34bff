"""Relevance in the window: what is explained, its lane, its checks, and hearing it."""
