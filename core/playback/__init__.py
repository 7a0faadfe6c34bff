"""Playing tracks as sound."""
