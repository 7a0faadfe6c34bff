"""The search for a recording's point: distances, gradients, and generated sounds that are found again."""

from __future__ import annotations

import numpy as np
import pytest

from core.families.registry import Model, open_model
from core.faults import Cancelled, Fault
from core.inversion.search import SearchSettings, SearchTask, begun, found_points, moved, target_of
from core.inversion.spectral_distance import distance_db, spectral_loss
from core.networks.latent import draw
from core.networks.spec import SoundOutput
from core.probing import forward
from core.probing.model_id import ModelId
from tests.support.tiny import nets
from tests.support.tiny.bundles import write_bundle

ID = ModelId("m1")
OUTPUT = SoundOutput(16000.0, 16384)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("tiny")
    return open_model(write_bundle(folder / "model.ckpt-5", nets.tensorflow(dim=1, latent=4)))


def test_equal_sounds_are_0_db_apart_and_one_at_half_the_level_is_6() -> None:
    sound = (np.random.default_rng(0).standard_normal(16384) * 0.1).astype(np.float32)
    assert distance_db(sound, sound) == 0
    assert distance_db(sound * np.float32(0.5), sound) == pytest.approx(20 * np.log10(2), abs=0.05)


def test_the_loss_is_that_of_a_straight_line_computation() -> None:
    import torch
    from scipy.signal.windows import hann

    chance = np.random.default_rng(1)
    made, target = (chance.standard_normal(4096).astype(np.float32) * 0.1 for _ in range(2))

    def size(sound: np.ndarray, window: int) -> np.ndarray:
        padded = np.pad(sound.astype(np.float64), window // 2)
        starts = range(0, len(padded) - window + 1, window // 4)
        frames = np.stack([padded[k : k + window] * hann(window, sym=False) for k in starts])
        return np.abs(np.fft.rfft(frames))

    expected = []
    for window in (256, 512, 1024, 2048):
        mine, theirs = size(made, window), size(target, window)
        floor = theirs.max() * 1e-3
        logs = np.abs(np.log(np.maximum(mine, floor)) - np.log(np.maximum(theirs, floor))).mean()
        expected.append(np.linalg.norm(mine - theirs) / np.linalg.norm(theirs) + logs)
    found = spectral_loss(torch.tensor(made)[None], torch.tensor(target))
    assert float(found[0]) == pytest.approx(np.mean(expected), rel=1e-4)


def test_a_generated_sound_is_found_again_within_1_db(model: Model) -> None:
    """None of the tried points is the one that made the sound: their seeds are others."""
    sound = forward.generate(model, draw(model.card.layout, 50_000))["out"].samples
    settings = SearchSettings(tries=48, restarts=2, steps=50, rate=0.08)
    state = begun(model, sound, settings)
    before = found_points(model, sound, state)[0]
    assert before.distance_db > 1.0
    state = moved(model, sound, state, settings, 50)
    best = found_points(model, sound, state)[0]
    assert best.distance_db < 1.0
    assert best.distance_db < before.distance_db
    made = forward.generate(model, best.point)["out"].samples
    assert best.distance_db == pytest.approx(distance_db(made, sound), abs=1e-3)


def test_short_tasks_go_the_same_way_as_one_long_one(model: Model) -> None:
    sound = forward.generate(model, draw(model.card.layout, 5))["out"].samples
    settings = SearchSettings(tries=8, restarts=2, steps=6)
    whole = moved(model, sound, begun(model, sound, settings), settings, 6)
    state, points = SearchTask(ID, sound, settings).run({ID: model}, lambda: False)
    for _ in range(3):
        state, points = SearchTask(ID, sound, settings, state, 2).run({ID: model}, lambda: False)
    assert state.step == 6
    np.testing.assert_allclose(state.z, whole.z, atol=1e-5)
    assert [one.distance_db for one in points] == sorted(one.distance_db for one in points)


def test_the_code_stays_and_the_variables_stay_within_the_limit(tmp_path) -> None:
    model = open_model(write_bundle(tmp_path / "model.ckpt-5", nets.tensorflow(dim=1, classes=3)))
    sound = forward.generate(model, draw(model.card.layout, 3))["out"].samples * np.float32(9)
    settings = SearchSettings(tries=6, restarts=3, steps=3, rate=5.0)
    state = begun(model, sound, settings)
    after = moved(model, sound, state, settings, 3)
    code = model.card.layout.code
    np.testing.assert_array_equal(after.z[:, :code], state.z[:, :code])
    assert np.abs(after.z[:, code:]).max() == 1


def test_a_search_is_stopped_and_a_recording_without_sound_is_refused(model: Model) -> None:
    sound = np.ones(100, np.float32)
    with pytest.raises(Cancelled):
        begun(model, target_of(sound, OUTPUT), SearchSettings(), lambda: True)
    assert len(target_of(sound, OUTPUT)) == 16384
    for bad, words in ((sound * 0, "silent"), (sound[:0], "silent"), (sound * np.nan, "not numbers")):
        with pytest.raises(Fault, match=words):
            target_of(bad, OUTPUT)
    with pytest.raises(Fault, match="at least one"):
        SearchSettings(tries=0).checked()
