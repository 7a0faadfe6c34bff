"""The model that opens when nobody brought one."""
