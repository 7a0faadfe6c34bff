"""The fonts that make pictures equal everywhere."""
