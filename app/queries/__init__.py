"""The dock, single queries, listings and the results table."""
