"""The right dock, listings, and plots of results."""
