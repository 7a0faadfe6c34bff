"""Reading strangers' checkpoint files without running a line of theirs."""
