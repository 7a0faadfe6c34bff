"""WaveGAN in PyTorch by mazzzystar and andrewrkeyes, which stores both kinds of upsampling."""

from __future__ import annotations

from collections.abc import Sequence

from core.families import cramer
from core.families.card import Choice, Question
from core.families.family import Description, Family, Parts, asked_generator
from core.families.questions import PRIOR, Inquiry, ask_layout, ask_rate
from core.networks.latent import Prior
from core.networks.weights import Weights

UPSAMPLE = Question(
    "upsample",
    "Which of the two stored upsamplings was the generator trained with?",
    (
        Choice("nearest", "Nearest neighbour (the published setting)"),
        Choice("zeros", "Zeros: transposed convolution"),
    ),
    "nearest",
)
SPARE = r"deconv_[1-5]\.(conv1d|Conv1dTrans)\..*|ppfilter1\..*"
KEYES_LATENT = 128


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find the generator by its layers, which are stored twice."""
    parts: dict[str, Weights] = {}
    for group in groups:
        if "deconv_1.conv1d.weight" in group and "fc1.weight" in group:
            parts.setdefault("G", group)
    return parts | cramer.listeners(groups) if "G" in parts else None


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe the networks; the stored post-processing filter is never used."""
    weights = parts["G"]
    nearest = inquiry.ask(UPSAMPLE, "Upsampling") == "nearest"
    kind = "conv1d" if nearest else "Conv1dTrans"
    scopes = [f"deconv_{i}.{kind}" for i in cramer.LAYERS]
    layers = cramer.generator(weights, scopes, nearest, has_filter=False)
    inquiry.fact("Slice", f"{cramer.SLICE} samples", "inferred")
    inquiry.settle("slice", cramer.SLICE)
    classes = parts["Q"].shape("fc1.weight", None, None)[0] if "Q" in parts else None
    size = weights.shape("fc1.weight", None, None)[1]
    layout = ask_layout(inquiry, size, classes, _prior(weights, size, inquiry))
    rate_hz = ask_rate(inquiry)
    listening = cramer.listener_specs(parts, inquiry, rate_hz, layers[-1].channels)
    return Description((asked_generator(inquiry, layers, layout, rate_hz, cramer.SLICE), *listening))


def _prior(weights: Weights, size: int, inquiry: Inquiry) -> Prior | None:
    """Return andrewrkeyes's normal prior, known by its 128 variables or its wrapper, or None if it has to be
    asked.
    """
    told = "generator_state_dict" in weights.label or size == KEYES_LATENT
    return "normal" if told and PRIOR.name not in inquiry.told else None


FAMILY = Family("mazzzystar", "PyTorch WaveGAN (mazzzystar, andrewrkeyes)", sort, describe, SPARE)
