"""Writing what was seen and measured: sounds, tables, records."""
