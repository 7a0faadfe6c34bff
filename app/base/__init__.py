"""What every service starts from."""
