"""The annotated figure on paper."""
