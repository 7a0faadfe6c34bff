"""How an open model is told from the others; light, since lanes and the command line start from it."""

from __future__ import annotations

from typing import NewType

ModelId = NewType("ModelId", str)
"""Names an open model as long as the program runs; it is chosen by the program and shown to nobody."""
