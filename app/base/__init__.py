"""The base that every service starts from."""
