"""Atomic file writing, and the file formats that are exported: tables, arrays, sounds."""
