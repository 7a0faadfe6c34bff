"""What networks say about a sound: letters in time, classes in per cent, pitch."""
