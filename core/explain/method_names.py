"""The names of methods and composites, for the command line's help; importing them loads nothing."""

from __future__ import annotations

METHOD_NAMES = (
    "gradient", "gradient-x-input", "integrated-gradients", "smoothgrad", "guided-backprop", "deconvolution",
    "grad-cam", "guided-grad-cam", "lrp", "deep-taylor", "occlusion", "surrogate",
)  # fmt: skip
COMPOSITES = (
    "recogniser", "zero", "epsilon", "gamma", "z-plus", "alpha1-beta0", "alpha2-beta1", "epsilon-plus",
    "epsilon-plus-flat", "epsilon-alpha2-beta1", "deep-taylor", "deep-taylor-w-squared",
)  # fmt: skip
