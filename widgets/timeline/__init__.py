"""The time axis on the screen: columns, pointer, and the frozen values that the stack shows."""
