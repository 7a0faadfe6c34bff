"""Comparing a model's layers with independently computed ones."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.families.registry import Model
from core.networks.latent import Point, draw
from core.probing import forward


def some_point(model: Model, seed: int = 3) -> tuple[Point, np.ndarray]:
    point = draw(model.card.layout, seed)
    return point, np.array(point.z, np.float32)


def assert_generates(model: Model, point: Point, truth: Mapping[str, np.ndarray]) -> None:
    """Every layer's mean and maps [channels, time], 1e-5 before the tanh and 1e-4 after it."""
    tracks = forward.generate(model, point)
    assert list(tracks) == list(truth)
    for name, expected in truth.items():
        close = 1e-4 if name in ("out", "pp") else 1e-5
        scale = max(1.0, float(np.abs(expected).max()))
        np.testing.assert_allclose(tracks[name].samples, expected.mean(0), atol=close * scale, rtol=0)
        maps = forward.maps(model, point, name)
        np.testing.assert_allclose(maps, expected, atol=close * scale, rtol=0)
        assert np.abs(expected).max() > 1e-3, "a dead network would prove nothing"


def assert_listens(
    model: Model, network: str, sound: np.ndarray, truth: tuple[Mapping[str, np.ndarray], np.ndarray]
) -> None:
    layers, expected_logits = truth
    tracks, logits = forward.listen(model, network, sound, "digest")  # type: ignore[arg-type]
    assert list(tracks) == list(layers)
    for name, expected in layers.items():
        np.testing.assert_allclose(tracks[name].samples, expected.mean(0), atol=1e-4, rtol=1e-4)
    np.testing.assert_allclose(logits, expected_logits, atol=1e-4, rtol=1e-4)
