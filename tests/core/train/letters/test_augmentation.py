"""What a recogniser hears in training: batches of similar length, other speeds and levels, masks."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.train.letters.augmentation import at_speed, masked, plain_batch, varied_features
from core.train.letters.batches import Batches
from core.train.letters.recipe import LetterRecipe
from core.train.letters.step import pace

RATE = 16000


def tone(hz: float, seconds: float = 1.0) -> np.ndarray:
    return 0.3 * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE).astype(np.float32)


def pcm(samples: np.ndarray) -> np.ndarray:
    return (samples * 32767).astype(np.int16)


def test_batches_hold_every_utterance_once_and_similar_lengths() -> None:
    lengths = [int(n) for n in np.random.default_rng(0).integers(1000, 90000, 203)]
    batches = Batches(1, lengths, 8)
    first, second = ([batches.rows() for _ in range(26)] for _ in range(2))
    for round_ in (first, second):
        assert sorted(row for rows in round_ for row in rows) == list(range(203))
        assert sorted(map(len, round_)) == [3, *[8] * 25]
        spreads = [max(lengths[k] for k in rows) / min(lengths[k] for k in rows) for rows in round_]
        assert np.median(spreads) < 1.3
    assert first != second


def test_batches_go_on_where_their_state_was_kept() -> None:
    one = Batches(1, [3, 1, 4, 1, 5, 9, 2, 6], 3)
    one.rows()
    one.variations(3, 4)
    state = {name: value.clone() for name, value in one.state().items()}
    expected = [one.rows() for _ in range(7)], one.variations(2, 4).masks, one.kept(2, 5, 0.5)
    other = Batches(2, [3, 1, 4, 1, 5, 9, 2, 6], 3)
    other.restore(state)
    assert [other.rows() for _ in range(7)] == expected[0]
    assert torch.equal(other.variations(2, 4).masks, expected[1])
    assert torch.equal(other.kept(2, 5, 0.5), expected[2])


@pytest.mark.parametrize("speed", [0.9, 1.1])
def test_a_faster_sound_is_shorter_and_higher(speed: float) -> None:
    played = at_speed(tone(1000), speed)
    assert len(played) == pytest.approx(RATE / speed, abs=2)
    spectrum = np.abs(np.fft.rfft(played * np.hanning(len(played))))
    assert np.argmax(spectrum) * RATE / len(played) == pytest.approx(1000 * speed, abs=2)


def test_a_louder_sound_has_larger_features_and_none_at_rest_is_changed() -> None:
    recipe = LetterRecipe(speed=0.0, gain_db=12.0)
    frontend, sound = recipe.frontend, pcm(tone(1000))
    soft, same, loud = (
        varied_features(sound, recipe, torch.tensor([0.5, place])) for place in (0.0, 0.5, 1.0)
    )
    plain, lengths = plain_batch([sound], frontend)
    assert lengths.tolist() == [frontend.length(RATE)]
    torch.testing.assert_close(same, plain[0, : len(same)])
    assert not plain[0, len(same) :].any()
    peak = int(plain[0, 50].argmax())
    step = 0.25 * 12 / 10 * np.log(10)
    assert float(loud[50, peak] - same[50, peak]) == pytest.approx(step, abs=0.01)
    assert float(same[50, peak] - soft[50, peak]) == pytest.approx(step, abs=0.01)


def test_masks_leave_out_bands_and_stretches_and_never_much() -> None:
    features = torch.ones(200, 64)
    untouched = masked(features, torch.zeros(4, 2))
    assert torch.equal(untouched, features)
    found = masked(features, torch.tensor([[0.5, 0.999], [0.0, 0.5], [0.999, 0.999], [0.2, 0.5]]))
    assert float(features.min()) == 1
    bands, frames = (found == 0).all(0), (found == 0).all(1)
    assert (int(bands.sum()), int(frames.sum())) == (9 + 5, 20 + 10)
    assert bool(frames[-1])
    kept = found[~frames][:, ~bands]
    assert bool((kept == 1).all())


def test_the_rate_rises_in_a_straight_line_and_falls_as_a_cosine() -> None:
    rates = [pace(step, 4, 24) for step in range(26)]
    assert rates[:5] == [0.25, 0.5, 0.75, 1.0, 1.0]
    assert rates[14] == pytest.approx(0.5)
    assert rates[24:] == [0.0, 0.0]
    assert rates[4:] == sorted(rates[4:], reverse=True)


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050])
def test_the_front_end_is_that_of_straight_line_numpy(rate_hz: int) -> None:
    sound = np.random.default_rng(0).standard_normal(3000).astype(np.float32) * 0.1
    frontend = LetterRecipe(rate_hz=rate_hz, bands=20).frontend
    hop, width = round(rate_hz * 0.01), round(rate_hz * 0.025)
    fft = 2 ** int(np.ceil(np.log2(width)))
    hz = np.linspace(0, rate_hz / 2, fft // 2 + 1)

    def to_mel(value: float) -> float:
        return value / (200 / 3) if value < 1000 else 15 + np.log(value / 1000) / (np.log(6.4) / 27)

    grid = np.linspace(to_mel(60), to_mel(rate_hz / 2), 22)
    corners = [mel * 200 / 3 if mel < 15 else 1000 * np.exp((mel - 15) * np.log(6.4) / 27) for mel in grid]
    whole = np.concatenate([np.zeros(fft // 2), sound, np.zeros(fft // 2 + hop)])
    window = np.zeros(fft)
    left = (fft - width) // 2
    window[left : left + width] = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(width) / width)
    rows = []
    for k in range(3000 // hop + 1):
        power = np.abs(np.fft.rfft(whole[k * hop : k * hop + fft] * window)) ** 2
        row = [
            power @ np.clip(np.minimum((hz - low) / (top - low), (high - hz) / (high - top)), 0, None)
            for low, top, high in zip(corners, corners[1:], corners[2:], strict=False)
        ]
        rows.append(0.25 * np.log(1 + 1e4 * np.array(row)))
    found = frontend.features(torch.from_numpy(sound)[None])[0].numpy()
    assert found.shape == (frontend.length(3000), 20)
    np.testing.assert_allclose(found, rows, atol=1e-4)


def test_silence_is_zero() -> None:
    assert not LetterRecipe().frontend.features(torch.zeros(1, 2000)).any()
