"""A tiny recogniser in Phonoscope's own file, which says everything about itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from core.frontends.compression import decibels
from core.frontends.log_mel import LogMel
from core.frontends.registry import plain
from core.frontends.spectrum import Spectrum

LABELS = ("s", "sh", "a", "blank")
MEL = LogMel(16000.0, Spectrum(512, 128), 24, 0.0, 8000.0, "slaney", decibels(-80), normalisation="recording")


def save_recogniser(path: Path, seed: int = 0) -> Path:
    """Write five convolutions from 24 mel bands to three labels and the blank."""
    chance, width = np.random.default_rng(seed), 24
    found: dict[str, np.ndarray] = {}
    for place, (taps, out) in enumerate(((8, 10), (3, 10), (8, 10), (1, 10), (1, len(LABELS))), 1):
        scale = (width * taps) ** -0.5
        found[f"conv{place}.weight"] = (scale * chance.standard_normal((out, width, taps))).astype(np.float32)
        found[f"conv{place}.bias"] = (0.1 * chance.standard_normal(out)).astype(np.float32)
        width = out
    card = {"family": "wav2letter", "rate_hz": 16000, "labels": LABELS, "frontend": plain(MEL), "slope": 0}
    save_file(found, path, {"card": json.dumps(card)})
    return path
