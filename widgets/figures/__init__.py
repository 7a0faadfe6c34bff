"""The annotated figure for print."""
