"""Thumbnails are the outputs that the generator gives, each with its own spectrogram."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.analyses.spectrogram import SpectrogramSettings, greys, spectrogram
from core.families.registry import open_model
from core.networks.latent import draw
from core.probing.forward import generate_many
from core.processes.thumbnails import ThumbnailTask
from core.session.lane_key import FIRST_MODEL
from core.signals.axis import TimeAxis
from core.signals.track import Track
from tests.support.tiny import nets
from tests.support.tiny.files import save_state

SETTINGS = SpectrogramSettings(time_step_s=0.008, frequency_step_hz=80.0)


def test_each_output_has_its_own_picture(tmp_path: Path) -> None:
    model = open_model(save_state(tmp_path / "generator.pt", nets.port_generator()))
    points = tuple(draw(model.card.layout, seed) for seed in range(3))
    made = ThumbnailTask(FIRST_MODEL, points, SETTINGS).run({FIRST_MODEL: model}, lambda: False)
    for one, samples in zip(made, generate_many(model, points), strict=True):
        np.testing.assert_array_equal(one.samples, samples)
        track = Track("out", samples, TimeAxis.of_sound(model.card.rate_hz, len(samples)))
        np.testing.assert_array_equal(one.greys, (greys(spectrogram(track, SETTINGS)) * 255).astype(np.uint8))
    assert not np.array_equal(made[0].greys, made[1].greys)


def test_a_network_without_a_generator_has_none(tmp_path: Path) -> None:
    model = open_model(save_state(tmp_path / "epoch1_step2_Q.pt", nets.port_listener(3)))
    assert ThumbnailTask(FIRST_MODEL, (), SETTINGS).run({FIRST_MODEL: model}, lambda: False) == ()
