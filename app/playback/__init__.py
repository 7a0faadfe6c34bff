"""What is heard, and the line that follows it."""
