"""Identities of open models; a light module, because lanes and the command line start from it."""

from __future__ import annotations

from typing import NewType

ModelId = NewType("ModelId", str)
"""Identifies an open model while the program runs; the program chooses it and never shows it."""
