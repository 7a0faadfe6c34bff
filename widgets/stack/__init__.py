"""The stack of lanes, its rulers and play bars."""
