"""A long recording's tiers go by what is heard in it, its numbers by the file as it is now."""

from __future__ import annotations

import doctest
import os
import shutil

import numpy as np
import pytest
import soundfile

from core.recordings import cache, identity
from core.recordings.identity import content_of, lasting, state_in
from core.recordings.long_sound import LongSound
from core.recordings.sound_file import look_at

RATE_HZ = 16000
N = 300_000


@pytest.fixture
def samples():
    return 0.3 * np.random.default_rng(5).uniform(-1, 1, (N, 2))


@pytest.fixture
def path(tmp_path, samples):
    soundfile.write(tmp_path / "long.wav", samples, RATE_HZ)
    return tmp_path / "long.wav"


def digest(path, channel: int = 0) -> str:
    return LongSound(look_at(path, channel), path.parent / "kept").track("long").origin.sound


def test_what_stays_is_the_same_after_a_touch_a_copy_and_a_new_cache(tmp_path, path, monkeypatch):
    found = [digest(path)]
    os.utime(path, ns=(1, 1))
    found.append(digest(path))
    (tmp_path / "away").mkdir()
    found.append(digest(shutil.copy2(path, tmp_path / "away" / "renamed.wav")))
    monkeypatch.setattr(cache, "VERSION", cache.VERSION + 1)
    found.append(digest(path))
    assert len({lasting(one) for one in found}) == 1
    assert len(set(found)) == 4, "what was computed of another state of the file is not taken for this one's"


def test_another_format_without_loss_and_another_channel_keep_what_stays(tmp_path, path):
    samples, _ = soundfile.read(path, dtype="int16")
    soundfile.write(tmp_path / "long.flac", samples, RATE_HZ)
    assert content_of(look_at(tmp_path / "long.flac")) == content_of(look_at(path))
    assert lasting(digest(path, 1)) == lasting(digest(path, 2)) == lasting(digest(path))


@pytest.mark.parametrize("change", ["cut", "rate", "channels", "sound"])
def test_another_sound_has_another_name(tmp_path, path, samples, change):
    made = {"cut": samples[:-1], "channels": samples[:, :1], "sound": samples * 0.9}.get(change, samples)
    other = tmp_path / "other.wav"
    soundfile.write(other, made, RATE_HZ // 2 if change == "rate" else RATE_HZ)
    assert content_of(look_at(other)) != content_of(look_at(path))


@pytest.mark.parametrize("suffix", ["ogg", "mp3"])
def test_a_sound_packed_with_loss_has_one_name_at_every_look(tmp_path, samples, suffix):
    path = tmp_path / f"long.{suffix}"
    soundfile.write(path, samples, RATE_HZ)
    assert content_of(look_at(path)) == content_of(look_at(path))


def test_a_change_anywhere_makes_another_state_of_the_file(path, samples):
    before = digest(path)
    samples[N // 2 + 7] = 0.0
    soundfile.write(path, samples, RATE_HZ)
    os.utime(path, ns=(3, 3))
    assert state_in(digest(path)) != state_in(before)


def test_only_samples_spread_over_the_file_are_read(path, monkeypatch):
    read = []
    real = soundfile.SoundFile.read
    monkeypatch.setattr(
        soundfile.SoundFile, "read", lambda self, n, **k: read.append(n) or real(self, n, **k)
    )
    content_of(look_at(path))
    assert sum(read) <= identity.SAMPLED_PLACES * identity.SAMPLES_PER_PLACE + 10


def test_the_examples_run():
    assert doctest.testmod(identity).failed == 0
