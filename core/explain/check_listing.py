"""All checks of one map as a table to read, copy and save."""

from __future__ import annotations

from collections.abc import Sequence

from core.explain.registry import METHODS
from core.explain.sanity import SanityStep, verdict
from core.explain.tasks import Explanation
from core.queries.listing_text import Listing, fixed

HEAD = ("Check", "Where", "Value", "With sign")
FIGURES = {
    "probability": "Probability of the answer",
    "faithful": "Lost without what the map shows",
    "drop": "Drop when only the map is left",
    "gain": "Gain when only the map is left",
    "sparseness": "Sparseness (Gini)",
    "complexity": "Complexity (entropy, bits)",
}


def check_listing(made: Explanation, steps: Sequence[SanityStep]) -> Listing:
    """Return score, sum, what reaches each layer and its biases, faithfulness, and the shuffled weights."""
    found, title = made.found, f"Checks of {METHODS[made.found.method].title}: {made.found.target.words}"
    rows = [
        ("Score", found.target.layer, fixed(found.score), ""),
        ("Sum of the map", "", fixed(found.sum), ""),
    ]
    for share in found.shares:
        rows.append(("Reaches the input of", share.layer, fixed(share.total), ""))
        if share.biases:
            rows.append(("Kept by the biases of", share.layer, fixed(share.biases), ""))
    rows += [(name, "", fixed(value), "") for name, value in found.facts]
    if made.figures is not None:
        rows += [(words, "", fixed(getattr(made.figures, name)), "") for name, words in FIGURES.items()]
    for step in steps:
        where = step.layers[0] if len(step.layers) == 1 else f"{step.layers[0]} to {step.layers[-1]}"
        rows.append(("ρ with shuffled weights", where, fixed(step.rho), fixed(step.rho_signed)))
    complete = bool(made.layers) and len(steps) == len(made.layers)
    return Listing(title, HEAD, tuple(rows), notice=verdict(steps) if complete else "", origin=found.origin)
