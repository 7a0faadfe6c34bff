"""Sound files: read whole, or left on the disk where they are long."""
