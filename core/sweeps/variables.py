"""Several latent variables as text: all of them, names with commas, or ranges."""

from __future__ import annotations

from core.faults import Fault
from core.networks.latent import LatentLayout


def chosen_variables(text: str, layout: LatentLayout) -> dict[str, int]:
    """Return the chosen variables with their indices: `all`, or names with commas, or ranges z5-z20.

    Raises Fault for a variable that the layout does not have, and for a range that ends before it starts.
    """
    names = layout.names()
    if text.strip() == "all":
        return {name: k for k, name in enumerate(names)}
    found: dict[str, int] = {}
    for part in text.replace("\u2013", "-").split(","):
        first, dash, last = part.partition("-")
        start = layout.index(first)
        end = layout.index(last) if dash else start
        if end < start:
            raise Fault(f"“{part.strip()}” ends before it starts.", "Write z5-z20.")
        found |= {names[k]: k for k in range(start, end + 1)}
    return found
