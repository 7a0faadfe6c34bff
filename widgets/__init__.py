"""Qt widgets that show the values given to them and emit wishes."""
