"""What is open, shown and selected, and what is remembered between starts."""
