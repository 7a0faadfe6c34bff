"""Commands about relevance: explain an answer, choose the method, hear the sound through the map."""

from __future__ import annotations

from app.base.command_table import command
from app.explain.explanations import Explanations
from core.explain.method_names import METHOD_NAMES

TITLES = {
    "gradient": "Gradient", "gradient-x-input": "Gradient × input",
    "integrated-gradients": "Integrated gradients", "smoothgrad": "SmoothGrad",
    "guided-backprop": "Guided backpropagation", "deconvolution": "Deconvolution", "grad-cam": "Grad-CAM",
    "guided-grad-cam": "Guided Grad-CAM", "lrp": "LRP, for recognisers", "deep-taylor": "Deep Taylor",
    "occlusion": "Occlusion, 50 ms by formant bands", "surrogate": "Surrogate, 50 ms by formant bands",
}  # fmt: skip
HEARD = {
    "through": (
        "Hear it through the map",
        "Play the sound through what speaks for the target, its phase kept.",
    ),
    "complement": ("Hear the rest", "Play the sound through what the map leaves out, equally loud."),
    "original": ("Hear the sound for comparison", "Play the sound as the network hears it, equally loud."),
}


def can_explain(explanations: Explanations) -> bool:
    """A network hears a sound."""
    return explanations.network() is not None


def has_map(explanations: Explanations) -> bool:
    """A map of relevance is shown."""
    return explanations.explanation is not None


@command("explain.this", "Explain this answer", "Explain", can_explain)
def explain_this(explanations: Explanations) -> None:
    """Show which part of the sound made the network say its best answer here, or over the selection."""
    explanations.explain_here()


@command("explain.against", "Explain it against the next best answer", "Explain", can_explain)
def explain_against(explanations: Explanations) -> None:
    """Show what in the sound speaks for the network's best answer and against its second best."""
    explanations.explain_here(against_next=True)


@command("explain.close", "Take the map away", "Explain", has_map)
def close(explanations: Explanations) -> None:
    """Close the lane of relevance."""
    explanations.close()


def _hear(part: str, title: str, words: str, first: bool) -> None:
    def run(explanations: Explanations) -> None:
        explanations.hear(part)

    run.__doc__ = words
    command(f"explain.hear_{part}", title, "Explain", has_map, separator=first)(run)


def _method(name: str, title: str, first: bool) -> None:
    def run(explanations: Explanations) -> None:
        explanations.set_method(name)

    def chosen(explanations: Explanations) -> bool:
        return explanations.method == name

    run.__doc__ = f"Explain by this method: {title}."
    chosen.__doc__ = f"The method is {title}."
    command(f"explain.by_{name}", title, "Explain", can_explain, chosen, separator=first)(run)


for place, (part, (title, words)) in enumerate(HEARD.items()):
    _hear(part, title, words, place == 0)
for place, name in enumerate(METHOD_NAMES):
    _method(name, TITLES[name], place == 0)
