"""The published form of a finished model: half precision, G and Q only, with figures and named points."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from core.analyses.acoustic_checks import AcousticChecks, hear
from core.analyses.measures import MEASURES
from core.files.atomic import atomic, folder_for
from core.networks.latent import LatentLayout
from core.train.corpus import Corpus
from core.train.evaluation import MOST, Reference, fixed_latent, generated, measure
from core.train.model_file import Arrays, make_card, save_model, tensorflow_arrays
from core.train.recipe import Recipe
from core.train.slice_memory import spread
from core.train.step import Nets

SOUNDS = 300
POINTS_SEED = 7
VOICED_S = 0.08
EVENT_S = 0.05


@dataclass(frozen=True, slots=True)
class PublishRequest:
    """A kind of sound to find among random points: its name, a score for a sound, and a note."""

    name: str
    fits: Callable[[AcousticChecks], float]
    note: Callable[[AcousticChecks], str]


def _toned(heard: AcousticChecks, value: float) -> float:
    """Return the value if the vowel is long enough to have a tone."""
    return value if heard.tone_s >= 0.12 else -np.inf


def _levelness(heard: AcousticChecks) -> float:
    """Score a long vowel, less for every semitone per second by which its tone moves or bends."""
    return 20 * min(heard.tone_s, 0.3) - abs(heard.f0_slope) - abs(heard.f0_bend) / 20


def _depth(heard: AcousticChecks) -> float:
    """Return by how many semitones the tone dips below both of its ends."""
    return float(12 * np.log2(min(heard.f0_start_hz, heard.f0_end_hz) / heard.f0_lowest_hz))


def _moves(heard: AcousticChecks) -> str:
    return f"F0 from {heard.f0_start_hz:.0f} to {heard.f0_end_hz:.0f} Hz in {heard.tone_s * 1000:.0f} ms"


def _dips(heard: AcousticChecks) -> str:
    return (
        f"F0 from {heard.f0_start_hz:.0f} down to {heard.f0_lowest_hz:.0f} and up to"
        f" {heard.f0_end_hz:.0f} Hz in {heard.tone_s * 1000:.0f} ms"
    )


WISHES = (
    PublishRequest("falling tone", lambda h: _toned(h, 12 * np.log2(h.f0_start_hz / h.f0_end_hz)), _moves),
    PublishRequest("rising tone", lambda h: _toned(h, 12 * np.log2(h.f0_end_hz / h.f0_start_hz)), _moves),
    PublishRequest("level tone", lambda h: _toned(h, _levelness(h)), _moves),
    PublishRequest("dipping tone", lambda h: _toned(h, _depth(h)), _dips),
    PublishRequest(
        "long fricative before a vowel",
        lambda h: h.fricative_s if h.voiced_s >= 0.08 and h.fricative_at_s < h.voiced_at_s else -np.inf,
        lambda h: f"frication of {h.fricative_s * 1000:.0f} ms, then {h.voiced_s * 1000:.0f} ms of voicing",
    ),
    PublishRequest(
        "long vowel",
        lambda h: h.voiced_s,
        lambda h: f"{h.voiced_s * 1000:.0f} ms of voicing at {h.f0_hz:.0f} Hz",
    ),
    PublishRequest(
        "silence inside",
        lambda h: h.pause_s if h.voiced_s >= 0.05 else -np.inf,
        lambda h: f"{h.pause_s * 1000:.0f} ms of silence between two sounding stretches",
    ),
)  # fmt: skip


def publish(
    folder: Path, nets: Nets, recipe: Recipe, corpus: Corpus, steps: int, about: Mapping[str, Any]
) -> dict[str, Any]:
    """Write model.safetensors with its card, and points.json, into `folder`; return the card.

    All figures are measured with the half-precision weights that are written.
    """
    arrays = halved(nets)
    small = Nets.fresh(recipe)
    small.average.load_state_dict(_rounded(nets.average))
    if small.Q is not None and nets.Q is not None:
        small.Q.load_state_dict(_rounded(nets.Q))
    z = fixed_latent(recipe.layout, SOUNDS, POINTS_SEED)
    sounds = generated(small, z)
    heard = [hear(sound, recipe.rate_hz) for sound in sounds]
    figures = _figures(small, recipe, corpus, heard)
    card = make_card(
        recipe,
        steps,
        {**about, "precision": "half", "networks": sorted({n[0] for n in arrays}), "measured": figures},
    )
    save_model(folder_for(folder) / "model.safetensors", arrays, card)
    points = named_points(z.numpy(), heard, recipe.layout)
    with atomic(folder / "points.json") as draft:
        draft.write_text(json.dumps(points, indent=1) + "\n", encoding="utf-8")
    return card


def halved(nets: Nets) -> Arrays:
    """Return the averaged generator and Q in half precision under TensorFlow's names."""
    arrays = tensorflow_arrays(nets.average) | (tensorflow_arrays(nets.Q) if nets.Q else {})
    return {name: array.astype(np.float16) for name, array in arrays.items()}


def _rounded(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.half().float().cpu() for name, value in network.state_dict().items()}


def _figures(nets: Nets, recipe: Recipe, corpus: Corpus, heard: list[AcousticChecks]) -> dict[str, Any]:
    reference = Reference.of(corpus.training, corpus.held_out, recipe.rate_hz)
    found = measure(nets, recipe.layout, reference, recipe.rate_hz, 0)
    spoken = np.concatenate([spread(part, MOST) for part in (corpus.training, corpus.held_out)])
    real = [hear(sound, recipe.rate_hz) for sound in spoken]
    return {
        "q_accuracy": found.q_accuracy,
        "frechet_db2": round(found.distance_db2, 1),
        "floor_db2": None if found.floor_db2 is None else round(found.floor_db2, 1),
        "generated": summary(heard),
        "recordings": summary(real),
    }


def summary(heard: list[AcousticChecks]) -> dict[str, float | None]:
    """Return shares and medians over many sounds, None for a median of nothing."""

    def values(measure: str) -> list[float]:
        return [getattr(one, MEASURES[measure].result) for one in heard]

    def share(measure: str, least: float) -> float:
        return round(float(np.mean([value >= least for value in values(measure)])), 3)

    def middle(measure: str) -> float | None:
        known = [value for value in values(measure) if np.isfinite(value)]
        return round(float(np.median(known)), MEASURES[measure].digits) if known else None

    return {
        "sounds": len(heard),
        "voiced_80_ms_share": share("voiced_duration", VOICED_S),
        "fricative_50_ms_share": share("frication_duration", EVENT_S),
        "silent_50_ms_share": share("silence_duration", EVENT_S),
        "median_f0_hz": middle("tone_f0"),
        "median_duration_s": middle("sounding_duration"),
        "median_intensity_db": middle("sounding_intensity"),
    }


def named_points(
    z: NDArray[np.float32], heard: list[AcousticChecks], layout: LatentLayout
) -> list[dict[str, Any]]:
    """Return the best point of every kind that was found, using no point twice."""
    points: list[dict[str, Any]] = []
    taken: set[int] = set()
    for wish in WISHES:
        order = sorted((k for k in range(len(heard)) if k not in taken), key=lambda k: -wish.fits(heard[k]))
        best = order[0]
        if not wish.fits(heard[best]) > 0:
            continue
        taken.add(best)
        values = [round(float(value), 4) for value in z[best]]
        code = f", code {' '.join(f'{v:g}' for v in values[: layout.code])}" if layout.code else ""
        points.append({"name": wish.name, "z": values, "note": f"{wish.note(heard[best])}{code}"})
    return points
